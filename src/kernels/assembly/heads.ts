// Rotates heads, and writes keys and values into the cache.

import { firstOf, toHalf } from './lanes.ts';
import { rmsNorm } from './norms.ts';

/** Rotates a head in place, half against half: (a, b) → (a·cos − b·sin, b·cos + a·sin). */
export function rotate(x: usize, width: i32, cos: usize, sin: usize): void {
  const half = <usize>(width >> 1) * 4;
  for (let i: usize = 0; i < half; i += 4) {
    const a = load<f32>(x + i);
    const b = load<f32>(x + half + i);
    const c = load<f32>(cos + i);
    const s = load<f32>(sin + i);
    store<f32>(x + i, a * c - b * s);
    store<f32>(x + half + i, b * c + a * s);
  }
}

/**
 * Norms and rotates the queries of a decoder in place, norms and rotates its keys, and writes keys and values into the
 * cache, from position `first` on. Each thread does this for the heads for which it also computes attention.
 */
// @unmanaged
export class Place {
  code: i32;
  wait: i32;
  rows: i32;
  heads: i32;
  kvHeads: i32;
  width: i32;
  /** Each row: queries (heads, width), keys and values (kvHeads, width each). */
  x: usize;
  xStride: usize;
  queryGain: usize;
  keyGain: usize;
  epsilon: f32;
  cos: usize;
  sin: usize;
  /** Addresses of the cache's blocks. */
  table: usize;
  /** Offsets of this layer's keys and values in a block: (kvHeads, positions, width) each. */
  keys: usize;
  values: usize;
  /** Positions per block. */
  positions: i32;
  /** 1: the cache holds f16. */
  isHalf: i32;
  first: i32;
}

export function place(op: Place, thread: i32, threads: i32): void {
  const group = op.heads / op.kvHeads;
  const bytes = <usize>op.width * 4;
  const to = firstOf(op.kvHeads, 1, thread + 1, threads);
  for (let head = firstOf(op.kvHeads, 1, thread, threads); head < to; head++) {
    for (let row = 0; row < op.rows; row++) {
      const x = op.x + op.xStride * <usize>row;
      const turn = <usize>row * (bytes >> 1);
      for (let i = 0; i < group; i++) {
        const query = x + bytes * <usize>(head * group + i);
        rmsNorm(query, op.queryGain, op.width, op.epsilon, query);
        rotate(query, op.width, op.cos + turn, op.sin + turn);
      }
      const key = x + bytes * <usize>(op.heads + head);
      rmsNorm(key, op.keyGain, op.width, op.epsilon, key);
      rotate(key, op.width, op.cos + turn, op.sin + turn);
      const position = op.first + row;
      const block = <usize>load<u32>(op.table + 4 * <usize>(position / op.positions));
      const at = <usize>((head * op.positions + (position % op.positions)) * op.width);
      const value = key + bytes * <usize>op.kvHeads;
      if (op.isHalf != 0) {
        writeHalf(key, op.width, block + op.keys + 2 * at);
        writeHalf(value, op.width, block + op.values + 2 * at);
      } else {
        memory.copy(block + op.keys + 4 * at, key, bytes);
        memory.copy(block + op.values + 4 * at, value, bytes);
      }
    }
  }
}

function writeHalf(from: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) store<u16>(to + 2 * <usize>i, toHalf(load<f32>(from + 4 * <usize>i)));
}

/** Rotates `heads` heads of each row in place. */
// @unmanaged
export class Rotate {
  code: i32;
  wait: i32;
  rows: i32;
  heads: i32;
  width: i32;
  x: usize;
  xStride: usize;
  cos: usize;
  sin: usize;
}

export function rotateRows(op: Rotate, thread: i32, threads: i32): void {
  const to = firstOf(op.rows, 1, thread + 1, threads);
  for (let row = firstOf(op.rows, 1, thread, threads); row < to; row++) {
    const turn = <usize>(row * op.width) * 2;
    for (let head = 0; head < op.heads; head++) {
      const x = op.x + op.xStride * <usize>row + 4 * <usize>(head * op.width);
      rotate(x, op.width, op.cos + turn, op.sin + turn);
    }
  }
}
