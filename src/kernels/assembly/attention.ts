// Attention with grouped heads: each thread computes some of the key-value heads. A tile of keys and values is unpacked
// to f32 once for all rows and queries that read it. The softmax is computed tile by tile: for each query, the thread
// keeps the largest score so far, and the sum of the exponentials relative to that score.

import { exp1, exp4, firstOf, largest4, sum4 } from './lanes.ts';
import { unpackHalf } from './unpack.ts';

/** Positions per tile. The number of positions in a cache block is a multiple of this. */
const TILE: i32 = 32;
/** The number of rows of queries that read a tile while the tile is in the core's cache. */
const ROWS: i32 = 32;

// @unmanaged
export class Attend {
  code: i32;
  wait: i32;
  rows: i32;
  heads: i32;
  kvHeads: i32;
  width: i32;
  query: usize;
  queryStride: usize;
  y: usize;
  yStride: usize;
  scale: f32;
  /** Addresses of the blocks that hold keys and values. */
  table: usize;
  /** Offsets of the keys and of the values in a block, for head 0 and position 0. */
  keys: usize;
  values: usize;
  headStride: usize;
  positionStride: usize;
  /** Positions per block. */
  positions: i32;
  isHalf: i32;
  /** Row i sees the positions before first + i + 1; if `first` is negative, each row sees `rows` positions. */
  first: i32;
}

export function attend(op: Attend, thread: i32, threads: i32, spare: usize): void {
  const group = op.heads / op.kvHeads;
  const bytes = <usize>op.width * 4;
  const keys = spare;
  const values = keys + bytes * <usize>TILE;
  const scores = values + bytes * <usize>TILE;
  const largest = scores + 4 * <usize>TILE;
  const sums = largest + 4 * <usize>(ROWS * group);
  const isCausal = op.first >= 0;
  const to = firstOf(op.kvHeads, 1, thread + 1, threads);
  for (let head = firstOf(op.kvHeads, 1, thread, threads); head < to; head++) {
    for (let from = 0; from < op.rows; from += ROWS) {
      const rows = min(ROWS, op.rows - from);
      for (let i = 0; i < rows * group; i++) {
        store<f32>(largest + 4 * <usize>i, -Infinity);
        store<f32>(sums + 4 * <usize>i, 0);
        memory.fill(resultOf(op, head, group, from, i), 0, bytes);
      }
      const end = isCausal ? op.first + from + rows : op.rows;
      for (let start = 0; start < end; start += TILE) {
        const count = min(TILE, end - start);
        loadTile(op, head, start, count, keys, values);
        for (let i = 0; i < rows * group; i++) {
          const row = from + i / group;
          const seen = isCausal ? min(count, op.first + row + 1 - start) : count;
          if (seen <= 0) continue;
          const query = op.query + op.queryStride * <usize>row + bytes * <usize>(head * group + (i % group));
          addTile(
            query,
            keys,
            values,
            seen,
            op.width,
            op.scale,
            scores,
            largest + 4 * <usize>i,
            sums + 4 * <usize>i,
            resultOf(op, head, group, from, i),
          );
        }
      }
      for (let i = 0; i < rows * group; i++) {
        const result = resultOf(op, head, group, from, i);
        const share = f32x4.splat(<f32>1 / load<f32>(sums + 4 * <usize>i));
        for (let k: usize = 0; k < bytes; k += 16) {
          v128.store(result + k, f32x4.mul(v128.load(result + k), share));
        }
      }
    }
  }
}

// @inline
function resultOf(op: Attend, head: i32, group: i32, from: i32, i: i32): usize {
  return op.y + op.yStride * <usize>(from + i / group) + 4 * <usize>((head * group + (i % group)) * op.width);
}

/** Unpacks `count` keys and values from position `start` on. Zero rows fill up the tile to a multiple of 4 rows. */
function loadTile(op: Attend, head: i32, start: i32, count: i32, keys: usize, values: usize): void {
  const block = <usize>load<u32>(op.table + 4 * <usize>(start / op.positions));
  const at = block + op.headStride * <usize>head + op.positionStride * <usize>(start % op.positions);
  const bytes = <usize>op.width * 4;
  for (let i = 0; i < count; i++) {
    const from = at + op.positionStride * <usize>i;
    const to = bytes * <usize>i;
    if (op.isHalf != 0) {
      unpackHalf(from + op.keys, op.width, keys + to);
      unpackHalf(from + op.values, op.width, values + to);
    } else {
      memory.copy(keys + to, from + op.keys, bytes);
      memory.copy(values + to, from + op.values, bytes);
    }
  }
  const rest = <usize>(-count & 3) * bytes;
  memory.fill(keys + bytes * <usize>count, 0, rest);
  memory.fill(values + bytes * <usize>count, 0, rest);
}

function addTile(
  query: usize,
  keys: usize,
  values: usize,
  seen: i32,
  width: i32,
  scale: f32,
  scores: usize,
  largest: usize,
  sum: usize,
  result: usize,
): void {
  const bytes = <usize>width * 4;
  let most = f32x4.splat(-Infinity);
  for (let j = 0; j < seen; j += 4) {
    let four = f32x4.mul(dots(query, keys + bytes * <usize>j, bytes), f32x4.splat(scale));
    if (seen - j < 4) four = firstLanes(four, seen - j, -Infinity);
    most = f32x4.max(most, four);
    v128.store(scores + 4 * <usize>j, four);
  }
  const before = load<f32>(largest);
  const now = max(before, largest4(most));
  const kept: f32 = before == -Infinity ? 0 : exp1(before - now);
  store<f32>(largest, now);
  let total = f32x4.splat(0);
  for (let j = 0; j < seen; j += 4) {
    let four = exp4(f32x4.sub(v128.load(scores + 4 * <usize>j), f32x4.splat(now)));
    if (seen - j < 4) four = firstLanes(four, seen - j, 0);
    total = f32x4.add(total, four);
    v128.store(scores + 4 * <usize>j, four);
  }
  store<f32>(sum, load<f32>(sum) * kept + sum4(total));
  if (kept != 1) {
    for (let k: usize = 0; k < bytes; k += 16) {
      v128.store(result + k, f32x4.mul(v128.load(result + k), f32x4.splat(kept)));
    }
  }
  for (let j = 0; j < seen; j += 4) {
    const at = scores + 4 * <usize>j;
    const v = values + bytes * <usize>j;
    addFour(result, v, bytes, at);
  }
}

// @inline
function firstLanes(v: v128, count: i32, otherwise: f32): v128 {
  let four = f32x4.replace_lane(v, 3, otherwise);
  if (count < 3) four = f32x4.replace_lane(four, 2, otherwise);
  if (count < 2) four = f32x4.replace_lane(four, 1, otherwise);
  return four;
}

/** The products of a query with four keys. */
// @inline
function dots(query: usize, keys: usize, bytes: usize): v128 {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  const k1 = keys + bytes;
  const k2 = k1 + bytes;
  const k3 = k2 + bytes;
  for (let k: usize = 0; k < bytes; k += 16) {
    const q = v128.load(query + k);
    a = f32x4.add(a, f32x4.mul(q, v128.load(keys + k)));
    b = f32x4.add(b, f32x4.mul(q, v128.load(k1 + k)));
    c = f32x4.add(c, f32x4.mul(q, v128.load(k2 + k)));
    d = f32x4.add(d, f32x4.mul(q, v128.load(k3 + k)));
  }
  // Lane i of the result is the sum of all lanes of register i (a, b, c or d).
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

// @inline
function addFour(result: usize, values: usize, bytes: usize, weights: usize): void {
  const a = v128.load32_splat(weights);
  const b = v128.load32_splat(weights, 4);
  const c = v128.load32_splat(weights, 8);
  const d = v128.load32_splat(weights, 12);
  const v1 = values + bytes;
  const v2 = v1 + bytes;
  const v3 = v2 + bytes;
  for (let k: usize = 0; k < bytes; k += 16) {
    const sum = f32x4.add(
      f32x4.add(f32x4.mul(a, v128.load(values + k)), f32x4.mul(b, v128.load(v1 + k))),
      f32x4.add(f32x4.mul(c, v128.load(v2 + k)), f32x4.mul(d, v128.load(v3 + k))),
    );
    v128.store(result + k, f32x4.add(v128.load(result + k), sum));
  }
}
