// Copies blocks of those GGUF types whose numbers a package can hold exactly: levels and scales are copied, not
// quantised again. The package's levels are unsigned, with a zero point in the middle (see Quantization in
// manifest.ts).

import { bytesPerBlock } from '../format/blocks.ts';
import { F16_VALUES } from '../format/float.ts';
import { IQ4_LEVELS } from '../format/gguf/dequantize.ts';
import { GGUF_BLOCKS } from '../format/gguf/types.ts';
import { COPIED_BLOCK, copiedFormat, isCopiedType, type CopiedType } from './copied-format.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import type { Loss } from './encode.ts';
import { notFinite, readStoredRows, type Matrix } from './matrix.ts';
import type { Storage } from './precision.ts';

/** Rows in the package's layout. data: (rows, blocks, block·bits/8); scales: F16 bits (rows, blocks). */
export interface Blocks {
  data: Uint8Array;
  scales: Uint16Array;
  rows: number;
}

/** Writes the 32 levels of the block at byte `at` of `b` into `q`. Each block begins with its scale. */
type ReadLevels = (b: Uint8Array, at: number, q: Uint8Array) => void;

const LEVELS: Record<CopiedType, ReadLevels> = {
  Q8_0: (b, at, q) => {
    for (let i = 0; i < COPIED_BLOCK; i++) q[i] = b[at + 2 + i]! ^ 0x80;
  },
  Q4_0: (b, at, q) => {
    for (let i = 0; i < 16; i++) {
      q[i] = b[at + 2 + i]! & 15;
      q[i + 16] = b[at + 2 + i]! >> 4;
    }
  },
  // Levels have a fifth bit, and a zero point of 16.
  Q5_0: (b, at, q) => {
    for (let i = 0; i < COPIED_BLOCK; i++) {
      const low = i < 16 ? b[at + 6 + i]! & 15 : b[at + 6 + i - 16]! >> 4;
      q[i] = 112 + (low | (((b[at + 2 + (i >> 3)]! >> (i & 7)) & 1) << 4));
    }
  },
  IQ4_NL: (b, at, q) => {
    for (let i = 0; i < 16; i++) {
      q[i] = 128 + IQ4_LEVELS[b[at + 2 + i]! & 15]!;
      q[i + 16] = 128 + IQ4_LEVELS[b[at + 2 + i]! >> 4]!;
    }
  },
};

/** Whether the stored form holds the matrix's own blocks. */
export function isCopied(matrix: Matrix, storage: Storage): boolean {
  const format = copiedFormat(matrix.dtype);
  return storage.kind === 'blocks' && format?.bits === storage.bits && format.block === storage.block;
}

/** Copies rows `first` to `end`. Fails with 'bad-checkpoint', naming the tensor, if a scale is not a finite number. */
export async function copyRows(
  source: CheckpointSource,
  matrix: Matrix,
  first: number,
  end: number,
  signal?: AbortSignal,
): Promise<Blocks> {
  const bytes = await readStoredRows(source, matrix, first, end, signal);
  const { dtype } = matrix;
  const blocks = isCopiedType(dtype) ? copyBlocks(bytes, dtype, end - first) : undefined;
  return blocks ?? notFinite(matrix);
}

/** Copies the blocks of `rows` rows. Returns undefined if a scale is not a finite number. */
export function copyBlocks(bytes: Uint8Array, type: CopiedType, rows: number): Blocks | undefined {
  const format = copiedFormat(type);
  const step = GGUF_BLOCKS[type].bytes;
  const stride = bytesPerBlock(format);
  const count = bytes.length / step;
  const data = new Uint8Array(count * stride);
  const scales = new Uint16Array(count);
  const q = new Uint8Array(COPIED_BLOCK);
  for (let n = 0; n < count; n++) {
    const at = n * step;
    const scale = bytes[at]! | (bytes[at + 1]! << 8);
    if ((scale & 0x7c00) === 0x7c00) return undefined;
    scales[n] = scale;
    LEVELS[type](bytes, at, q);
    const to = n * stride;
    if (format.bits === 8) data.set(q, to);
    else for (let i = 0; i < COPIED_BLOCK; i += 2) data[to + (i >> 1)] = q[i]! | (q[i + 1]! << 4);
  }
  return { data, scales, rows };
}

/** Puts row r of `even` at row 2·r, and row r of `odd` after it. */
export function alternateRows(even: Blocks, odd: Blocks): Blocks {
  const rows = 2 * even.rows;
  const data = new Uint8Array(2 * even.data.length);
  const scales = new Uint16Array(2 * even.scales.length);
  const [bytes, blocks] = [even.data.length / even.rows, even.scales.length / even.rows];
  for (const [parity, part] of [even, odd].entries()) {
    for (let row = 0; row < even.rows; row++) {
      const to = 2 * row + parity;
      data.set(part.data.subarray(row * bytes, (row + 1) * bytes), to * bytes);
      scales.set(part.scales.subarray(row * blocks, (row + 1) * blocks), to * blocks);
    }
  }
  return { data, scales, rows };
}

/** Writes blocks into a shard: the data at the first offset, the scales at the second. Returns a loss of zero. */
export function placeBlocks(
  { data, scales }: Blocks,
  shard: Uint8Array<ArrayBuffer>,
  [at, scalesAt]: [data: number, scales: number],
): Loss {
  shard.set(data, at);
  new Uint16Array(shard.buffer, scalesAt, scales.length).set(scales);
  return { weights: scales.length * COPIED_BLOCK, error: 0, power: squaredSum(data, scales) };
}

function squaredSum(data: Uint8Array, scales: Uint16Array): number {
  const stride = data.length / scales.length;
  const isHalf = stride < COPIED_BLOCK;
  let sum = 0;
  for (let n = 0; n < scales.length; n++) {
    let squares = 0;
    for (let at = n * stride; at < (n + 1) * stride; at++) {
      const byte = data[at]!;
      if (isHalf) squares += ((byte & 15) - 8) ** 2 + ((byte >> 4) - 8) ** 2;
      else squares += (byte - 128) ** 2;
    }
    sum += squares * F16_VALUES[scales[n]!]! ** 2;
  }
  return sum;
}
