// Writes f32 weights into a shard in their stored form, and measures the loss.

import { quantizeRows } from '../format/blocks.ts';
import { decodeF16, encodeBF16, encodeF16 } from '../format/float.ts';
import type { Storage } from './precision.ts';

/** Sums over weights w and their stored values v. The relative RMS error is sqrt(error / power). */
export interface Loss {
  weights: number;
  /** Σ(w − v)² */
  error: number;
  /** Σw² */
  power: number;
}

/**
 * Stores rows of `columns` values in the shard: the array at the first of `offsets` and, if it is quantised, its scales
 * at the second. Returns undefined if a value, or a block's scale, is too large for F16.
 */
export function encodeRows(
  values: Float32Array,
  columns: number,
  storage: Storage,
  shard: Uint8Array<ArrayBuffer>,
  offsets: [values: number, scales?: number],
): Loss | undefined {
  const [at, scalesAt = 0] = offsets;
  const loss: Loss = { weights: values.length, error: 0, power: 0 };
  if (storage.kind === 'float' && storage.dtype === 'F32') {
    new Float32Array(shard.buffer, at, values.length).set(values);
    return loss;
  }
  if (storage.kind === 'float') {
    const bits = new Uint16Array(shard.buffer, at, values.length);
    if (storage.dtype === 'BF16') {
      encodeBF16(values, bits);
      return loss;
    }
    loss.error = squaredDistance(values, decodeF16(encodeF16(values, bits)));
  } else {
    const rows = values.length / columns;
    const blocks = Math.ceil(columns / storage.block);
    const data = new Uint8Array(shard.buffer, at, (rows * blocks * storage.block * storage.bits) / 8);
    const scales = new Uint16Array(shard.buffer, scalesAt, rows * blocks);
    loss.error = quantizeRows(values, columns, storage, data, scales);
  }
  loss.power = squaredSum(values);
  return Number.isFinite(loss.error) ? loss : undefined;
}

function squaredSum(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!;
    sum += difference * difference;
  }
  return sum;
}
