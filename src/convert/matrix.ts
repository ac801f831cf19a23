// Reads rows of a matrix from a checkpoint as f32, a range at a time, whatever type they are stored in. Applies the
// block scales of FP8, and checks that every weight is a finite number.

import { fail } from '../failure.ts';
import { decodeBF16, decodeF16, decodeF8 } from '../format/float.ts';
import { dequantizeGguf } from '../format/gguf/dequantize.ts';
import { ggufRowBytes, isGgufBlockType, type GgufBlockType } from '../format/gguf/types.ts';
import { ELEMENT_BYTES, isElementType, type ElementType } from '../format/safetensors.ts';
import { readExactly, type StoredTensor } from './checkpoint.ts';
import type { CheckpointSource } from './checkpoint-source.ts';

/** The types in which weights are stored. */
export type WeightType = Exclude<ElementType, 'U8'> | GgufBlockType;

/** A matrix (rows, columns) within a stored tensor: all of it, or one expert's slice. */
export interface Matrix {
  name: string;
  file: string;
  dtype: WeightType;
  rows: number;
  columns: number;
  /** First byte in the file. */
  start: number;
  /** FP8 only: value = stored · scale of its block. */
  scale?: BlockScale;
  /**
   * Set if the matrix is stored as two matrices of half the columns, whose runs of `run` elements alternate in each
   * row. `start` belongs to the first of the two; `matrix` is the second.
   */
  alternate?: { matrix: Matrix; run: number };
}

/** Scales (⌈rows/blockRows⌉, ⌈columns/blockColumns⌉); the last block of either axis may be partial. */
export interface BlockScale {
  matrix: Matrix;
  blockRows: number;
  blockColumns: number;
}

/** A stored tensor as a matrix. If the tensor is a stack of matrices, `index` selects one of them. */
export function matrixOf(tensor: StoredTensor, rows: number, columns: number, index = 0): Matrix {
  const { name, file, dtype, alternate } = tensor;
  if (!isWeightType(dtype)) {
    fail('bad-checkpoint', `Tensor ${name} is of type ${dtype}, which cannot be converted.`);
  }
  const start = tensor.start + index * rows * rowBytes(dtype, columns);
  const matrix = { name, file, dtype, rows, columns, start };
  if (!alternate) return matrix;
  const { tensor: other, run } = alternate;
  return { ...matrix, alternate: { matrix: matrixOf(other, rows, columns / 2, index), run } };
}

function isWeightType(dtype: string): dtype is WeightType {
  return isGgufBlockType(dtype) || (isElementType(dtype) && dtype !== 'U8');
}

/** The number of bytes of a row; `columns` must be a multiple of the type's block. */
function rowBytes(dtype: WeightType, columns: number): number {
  return isGgufBlockType(dtype) ? ggufRowBytes(dtype, columns) : columns * ELEMENT_BYTES[dtype];
}

/** The number of bytes to read for the whole matrix, without its scales. */
export function matrixBytes(matrix: Matrix): number {
  return matrix.rows * rowBytes(matrix.dtype, matrix.columns);
}

/** Returns the bytes of the rows `first` to `end` as they are stored. */
export async function readStoredRows(
  source: CheckpointSource,
  { file, dtype, columns, start }: Matrix,
  first: number,
  end: number,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  const each = rowBytes(dtype, columns);
  return readExactly(source, file, start + first * each, start + end * each, signal);
}

/**
 * Returns rows `first` to `end` as f32, (end − first, columns). Fails with 'bad-checkpoint', naming the tensor, if a
 * value is not a finite number.
 */
export async function readRows(
  source: CheckpointSource,
  matrix: Matrix,
  first: number,
  end: number,
  signal?: AbortSignal,
): Promise<Float32Array> {
  const { alternate, ...plain } = matrix;
  if (alternate) {
    const read = (half: Matrix) => readRows(source, half, first, end, signal);
    const even = await read({ ...plain, columns: matrix.columns / 2 });
    return alternateRuns(even, await read(alternate.matrix), alternate.run);
  }
  const values = decode(await readStoredRows(source, matrix, first, end, signal), matrix.dtype);
  if (!values) notFinite(matrix);
  if (matrix.scale) await applyScale(source, matrix, matrix.scale, first, values, signal);
  return values;
}

/** Fails because a value of the matrix is NaN or infinite. */
export function notFinite({ name }: Matrix): never {
  fail('bad-checkpoint', `Tensor ${name} holds a value that is not a finite number.`);
}

/** Joins two arrays whose runs of `run` elements alternate, beginning with `even`. */
function alternateRuns(even: Float32Array, odd: Float32Array, run: number): Float32Array {
  const values = new Float32Array(2 * even.length);
  for (let at = 0; at < even.length; at += run) {
    values.set(even.subarray(at, at + run), 2 * at);
    values.set(odd.subarray(at, at + run), 2 * at + run);
  }
  return values;
}

/** Decodes bytes to f32; returns undefined if a value is NaN or infinite. */
function decode(bytes: Uint8Array<ArrayBuffer>, dtype: WeightType): Float32Array | undefined {
  // Typed arrays must be aligned to their element size, but a source guarantees no alignment.
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  if (isGgufBlockType(dtype)) {
    const values = dequantizeGguf(bytes, dtype);
    // Subtracting a finite number from itself gives 0; with NaN or infinity, the result is NaN.
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
    return sum === 0 ? values : undefined;
  }
  if (dtype === 'F8_E4M3') {
    let notFinite = 0;
    for (let i = 0; i < bytes.length; i++) notFinite |= ((bytes[i]! & 0x7f) + 1) & 0x80;
    return notFinite ? undefined : decodeF8(bytes);
  }
  // NaN and infinity have a full exponent, which shows without decoding: the mask clears the sign bit, and adding one
  // to a full exponent carries into the cleared bit. The loop reads whole words, each of which holds two 16-bit values.
  const words = new Uint32Array(buffer, byteOffset, byteLength >>> 2);
  const odd = new Uint16Array(buffer, byteOffset + words.byteLength, (byteLength & 3) >>> 1);
  const [mask, one] = EXPONENT[dtype];
  let carries = 0;
  for (let i = 0; i < words.length; i++) carries |= (words[i]! & mask) + one;
  for (const half of odd) carries |= (half & mask) + (one & 0xffff);
  if (carries & ~mask) return undefined;
  if (dtype === 'F32') return new Float32Array(buffer, byteOffset, words.length);
  const halves = new Uint16Array(buffer, byteOffset, byteLength / 2);
  return dtype === 'BF16' ? decodeBF16(halves) : decodeF16(halves);
}

/** For each 32-bit word: a mask of all bits except the signs, and the lowest bit of each exponent. */
const EXPONENT = {
  F32: [0x7fffffff, 0x00800000],
  BF16: [0x7fff7fff, 0x00800080],
  F16: [0x7fff7fff, 0x04000400],
} as const;

/** Multiplies `values`, which begin with row `first`, by the scales of their blocks, in place. */
async function applyScale(
  source: CheckpointSource,
  matrix: Matrix,
  { matrix: scale, blockRows, blockColumns }: BlockScale,
  first: number,
  values: Float32Array,
  signal?: AbortSignal,
): Promise<void> {
  const { columns } = matrix;
  const rows = values.length / columns;
  const firstBlock = Math.floor(first / blockRows);
  const scales = await readRows(source, scale, firstBlock, Math.ceil((first + rows) / blockRows), signal);
  if (scales.some((value) => !Number.isFinite(Math.fround(value * 448)))) {
    fail('bad-checkpoint', `Tensor ${scale.name} holds a scale that overflows.`);
  }
  for (let row = 0; row < rows; row++) {
    const at = (Math.floor((first + row) / blockRows) - firstBlock) * scale.columns;
    for (let block = 0; block < scale.columns; block++) {
      const factor = scales[at + block]!;
      const end = row * columns + Math.min(columns, (block + 1) * blockColumns);
      for (let i = row * columns + block * blockColumns; i < end; i++) values[i] = values[i]! * factor;
    }
  }
}
