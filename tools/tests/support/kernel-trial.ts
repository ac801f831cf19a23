// Makes data for tests of the kernels: random numbers, weights in the form in which packages store them, and places in
// the kernels' memory.

import { randomGenerator } from '../../../src/engine/answer/random.ts';
import { blocksPerRow, bytesPerBlock, dequantizeRows, quantizeRows } from '../../../src/format/blocks.ts';
import { decodeBF16, decodeF16, encodeBF16, encodeF16 } from '../../../src/format/float.ts';
import type { Kernels } from '../../../src/kernels/kernels.ts';
import type { WEIGHT_KINDS } from '../../../src/kernels/operations.ts';

export type Storage = 'f32' | 'f16' | 'bf16' | `${4 | 8} bits in blocks of ${16 | 32}`;

export interface Stored {
  kind: keyof typeof WEIGHT_KINDS;
  /** The bits of a quantised weight; 0 if the weights are floats. */
  bits: number;
  block: number;
  outputs: number;
  columns: number;
  weights: Uint8Array;
  scales: Uint8Array;
  /** The numbers that are stored, (outputs, columns). */
  values: Float32Array;
  /** Whether products with this matrix take packed rows. */
  isPacked: boolean;
}

/** Random numbers with a normal distribution. */
export function normal(count: number, seed: number): Float32Array {
  const random = randomGenerator(seed + 1);
  return Float32Array.from(
    { length: count },
    () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  );
}

export function storedMatrix(storage: Storage, outputs: number, columns: number, seed: number): Stored {
  const values = normal(outputs * columns, seed).map((value) => value / 50);
  const shape = { outputs, columns, scales: new Uint8Array(4) };
  const float = { bits: 0, block: 0, isPacked: false, ...shape };
  if (storage === 'f32') return { kind: 'F32', weights: bytesOf(values), values, ...float };
  if (storage === 'f16') {
    const half = encodeF16(values);
    return { kind: 'F16', weights: bytesOf(half), values: decodeF16(half), ...float };
  }
  if (storage === 'bf16') {
    const half = encodeBF16(values);
    return { kind: 'BF16', weights: bytesOf(half), values: decodeBF16(half), ...float };
  }
  const bits = storage.startsWith('4') ? 4 : 8;
  const block = storage.endsWith('16') ? 16 : 32;
  const format = { bits, block } as const;
  const blocks = outputs * blocksPerRow(columns, format);
  const weights = new Uint8Array(blocks * bytesPerBlock(format));
  const scales = new Uint16Array(blocks);
  quantizeRows(values, columns, format, weights, scales);
  return {
    kind: bits === 4 ? 'blocks4' : 'blocks8',
    ...{ bits, block, outputs, columns, weights, scales: bytesOf(scales), isPacked: block === 32 },
    values: dequantizeRows(weights, scales, columns, format),
  };
}

/** Reserves bytes in the kernels' memory; returns their address. */
export function reserved(kernels: Kernels, bytes: number): number {
  const at = kernels.arena.allocate(bytes);
  // Bytes that no kernel writes must not look like a right result.
  kernels.bytes(at, bytes).fill(0xff);
  return at;
}

/** Copies the numbers into the kernels' memory; returns the address of the copy. */
export function loaded(kernels: Kernels, numbers: ArrayBufferView): number {
  const at = reserved(kernels, numbers.byteLength);
  kernels.bytes(at, numbers.byteLength).set(bytesOf(numbers));
  return at;
}

export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** 1 − cosine, in float64; NaN if the lengths differ. */
export function cosineDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let aa = 0;
  let bb = 0;
  let dd = 0;
  if (a.length !== b.length) return NaN;
  for (let i = 0; i < a.length; i++) {
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  // 1 − cos = |a/|a| − b/|b||² / 2; computed in this way, small values are not lost to rounding.
  for (let i = 0; i < a.length; i++) dd += (a[i]! / Math.sqrt(aa) - b[i]! / Math.sqrt(bb)) ** 2;
  return dd / 2;
}
