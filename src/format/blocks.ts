// Quantised blocks: rows of a matrix as 4- or 8-bit numbers with one F16 scale per block, in the layout of
// onnxruntime's MatMulNBits (see Quantization in manifest.ts). The result is deterministic: the same weights give the
// same bytes everywhere, because the arithmetic always has the same order.

import { F16_VALUES, toF16 } from './float.ts';

export interface BlockFormat {
  bits: 4 | 8;
  /** Elements per block, along the columns. */
  block: number;
}

/**
 * The values on the integer scale −2^(bits−1) … 2^(bits−1)−1 to which the extreme of a block (its element of largest
 * magnitude) may be mapped. At −8 the whole range is used and nothing is clipped. A value beyond −8 clips the extreme,
 * but makes the steps finer; a value nearer to zero may fit the other elements better. More candidates, and positive
 * ones, lower the error of normal and Laplace weights by less than 0.5 %.
 */
const EXTREME_AT: Record<BlockFormat['bits'], readonly number[]> = {
  4: [-8, -7.5, -8.5, -7, -9],
  8: [-128, -127.5, -128.5],
};

/** The number of blocks in a row. If the columns do not fill the last block, it is padded with zeros. */
export function blocksPerRow(columns: number, format: BlockFormat): number {
  return Math.ceil(columns / format.block);
}

export function bytesPerBlock(format: BlockFormat): number {
  return (format.block * format.bits) / 8;
}

/**
 * Quantises rows. Searches for the scale of each block. With every candidate of EXTREME_AT, the elements are rounded to
 * integers, and least squares gives the best scale for these integers. The candidate with the smallest squared error
 * wins. Its scale is rounded to F16, and the elements are rounded again with that scale. values: (rows, columns). data:
 * (rows, blocks, block·bits/8), low nibble first. scales: F16 bits (rows, blocks). Returns the squared error, which is
 * not finite if a scale exceeds F16.
 */
export function quantizeRows(
  values: Float32Array,
  columns: number,
  format: BlockFormat,
  data: Uint8Array,
  scales: Uint16Array,
): number {
  const { bits, block } = format;
  const rows = values.length / columns;
  const blocks = blocksPerRow(columns, format);
  const stride = bytesPerBlock(format);
  const x = new Float64Array(block);
  const q = new Uint8Array(block);
  const zero = 2 ** (bits - 1);
  const candidates = Float64Array.from(EXTREME_AT[bits]);
  let squaredError = 0;
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < blocks; b++) {
      const start = row * columns + b * block;
      const filled = Math.min(block, (row + 1) * columns - start);
      for (let i = 0; i < filled; i++) x[i] = values[start + i]!;
      if (filled < block) x.fill(0, filled);
      const scaleBits = toF16(searchScale(x, candidates, zero));
      scales[row * blocks + b] = scaleBits;
      squaredError += roundBlock(x, F16_VALUES[scaleBits]!, zero, q);
      pack(q, bits, data, (row * blocks + b) * stride);
    }
  }
  return squaredError;
}

/** The scale with the smallest squared error over all candidates; 0 for a block of zeros. */
function searchScale(x: Float64Array, candidates: Float64Array, zero: number): number {
  const n = x.length;
  let extreme = 0;
  for (let i = 0; i < n; i++) if (Math.abs(x[i]!) > Math.abs(extreme)) extreme = x[i]!;
  if (extreme === 0) return 0;
  const top = 2 * zero - 1;
  const half = zero + 0.5;
  let best = -1;
  let scale = 0;
  for (let c = 0; c < candidates.length; c++) {
    const inverse = candidates[c]! / extreme;
    let dot = 0;
    let norm = 0;
    for (let i = 0; i < n; i++) {
      const v = x[i]!;
      // Truncation after adding a half rounds to nearest. It also raises values up to 1.5 below the range to
      // the bottom of the range; no candidate reaches further below.
      let level = (v * inverse + half) | 0;
      if (level > top) level = top;
      level -= zero;
      dot += v * level;
      norm += level * level;
    }
    // With integers l and the best scale dot/norm, Σ(x − s·l)² = Σx² − dot²/norm.
    const explained = (dot * dot) / norm;
    if (explained > best) {
      best = explained;
      scale = dot / norm;
    }
  }
  return scale;
}

/** Rounds a block with a given scale to unsigned levels. Returns the squared error. */
function roundBlock(x: Float64Array, scale: number, zero: number, q: Uint8Array): number {
  const n = x.length;
  const top = 2 * zero - 1;
  const half = zero + 0.5;
  const inverse = scale === 0 ? 0 : 1 / scale;
  let squaredError = 0;
  for (let i = 0; i < n; i++) {
    let level = (x[i]! * inverse + half) | 0;
    if (level > top) level = top;
    else if (level < 0) level = 0;
    q[i] = level;
    const error = x[i]! - (level - zero) * scale;
    squaredError += error * error;
  }
  return squaredError;
}

function pack(q: Uint8Array, bits: 4 | 8, data: Uint8Array, at: number): void {
  const n = q.length;
  if (bits === 8) for (let i = 0; i < n; i++) data[at + i] = q[i]!;
  else for (let i = 0; i < n; i += 2) data[at + (i >> 1)] = q[i]! | (q[i + 1]! << 4);
}

/**
 * Decodes quantised blocks to the matrix (rows, columns): value = (q − 2^(bits−1)) · scale. data: (rows, blocks,
 * block·bits/8); scales: F16 bits (rows, blocks). Padding is dropped.
 */
export function dequantizeRows(
  data: Uint8Array,
  scales: Uint16Array,
  columns: number,
  format: BlockFormat,
  into?: Float32Array,
): Float32Array {
  const { bits, block } = format;
  const blocks = blocksPerRow(columns, format);
  const stride = bytesPerBlock(format);
  const rows = scales.length / blocks;
  const values = into ?? new Float32Array(rows * columns);
  const zero = 2 ** (bits - 1);
  for (let row = 0; row < rows; row++) {
    for (let b = 0; b < blocks; b++) {
      const scale = F16_VALUES[scales[row * blocks + b]!]!;
      const from = (row * blocks + b) * stride;
      const start = row * columns + b * block;
      const filled = Math.min(block, (row + 1) * columns - start);
      for (let i = 0; i < filled; i++) {
        const level = bits === 8 ? data[from + i]! : (data[from + (i >> 1)]! >> ((i & 1) * 4)) & 15;
        values[start + i] = (level - zero) * scale;
      }
    }
  }
  return values;
}
