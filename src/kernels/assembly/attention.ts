// Attention with grouped heads: each thread computes some of the key-value heads. A tile of keys and values is unpacked
// to f32 once for all rows and queries that read it. The softmax is computed tile by tile: for each query, the thread
// keeps the largest score so far, and the sum of the exponentials relative to that score.

import { exp1, exp4, firstOf, largest4, sum4 } from './lanes.ts';
import { unpackHalf } from './unpack.ts';

/** Positions per tile. The number of positions in a cache block is a multiple of this. */
const TILE: i32 = 32;
/** The number of query rows for which a tile of keys and values is used while it is in the core's cache. */
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
  const largest = scores + 8 * <usize>TILE;
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
        for (let i = 0; i < rows * group;) {
          const seen = seenOf(op, from + i / group, start, count);
          // Two queries that see the same positions read keys and values together.
          const isPair = i + 1 < rows * group && seenOf(op, from + (i + 1) / group, start, count) == seen;
          const next = i + (isPair ? 1 : 0);
          if (seen > 0) {
            const query = queryOf(op, head, group, from, i);
            const other = queryOf(op, head, group, from, next);
            const result = resultOf(op, head, group, from, i);
            if (isPair) scoreTwo(query, other, keys, seen, op.width, scores);
            else scoreOne(query, keys, seen, op.width, scores);
            for (let k = i; k <= next; k++) {
              const own = scores + 4 * <usize>(TILE * (k - i));
              const target = resultOf(op, head, group, from, k);
              const at = 4 * <usize>k;
              soften(own, seen, op.scale, largest + at, sums + at, target, bytes);
            }
            if (isPair) addTwo(result, resultOf(op, head, group, from, next), values, seen, bytes, scores);
            else addOne(result, values, seen, bytes, scores);
          }
          i = next + 1;
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

// @inline
function queryOf(op: Attend, head: i32, group: i32, from: i32, i: i32): usize {
  const at = op.query + op.queryStride * <usize>(from + i / group);
  return at + 4 * <usize>((head * group + (i % group)) * op.width);
}

/** The number of positions of a tile that a row sees. */
// @inline
function seenOf(op: Attend, row: i32, start: i32, count: i32): i32 {
  return op.first < 0 ? count : min(count, op.first + row + 1 - start);
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

/** Writes the products of a query with keys, without the scale. */
function scoreOne(query: usize, keys: usize, seen: i32, width: i32, scores: usize): void {
  const bytes = <usize>width * 4;
  for (let j = 0; j < seen; j += 4) {
    const at = 4 * <usize>j;
    v128.store(scores + at, dots(query, keys + bytes * <usize>j, bytes));
  }
}

/** Like scoreOne, for two queries; the scores of the second query follow those of the first. */
function scoreTwo(query: usize, other: usize, keys: usize, seen: i32, width: i32, scores: usize): void {
  const bytes = <usize>width * 4;
  for (let j = 0; j < seen; j += 4) {
    const k0 = keys + bytes * <usize>j;
    const k1 = k0 + bytes;
    const k2 = k1 + bytes;
    const k3 = k2 + bytes;
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    let e = f32x4.splat(0);
    let f = f32x4.splat(0);
    let g = f32x4.splat(0);
    let h = f32x4.splat(0);
    for (let k: usize = 0; k < bytes; k += 16) {
      const p = v128.load(query + k);
      const q = v128.load(other + k);
      let key = v128.load(k0 + k);
      a = f32x4.add(a, f32x4.mul(p, key));
      e = f32x4.add(e, f32x4.mul(q, key));
      key = v128.load(k1 + k);
      b = f32x4.add(b, f32x4.mul(p, key));
      f = f32x4.add(f, f32x4.mul(q, key));
      key = v128.load(k2 + k);
      c = f32x4.add(c, f32x4.mul(p, key));
      g = f32x4.add(g, f32x4.mul(q, key));
      key = v128.load(k3 + k);
      d = f32x4.add(d, f32x4.mul(p, key));
      h = f32x4.add(h, f32x4.mul(q, key));
    }
    const at = 4 * <usize>j;
    v128.store(scores + at, sums4(a, b, c, d));
    v128.store(scores + at + 4 * <usize>TILE, sums4(e, f, g, h));
  }
}

/** Turns scores into weights relative to the largest score so far, and adapts the sum and the result to it. */
function soften(
  scores: usize,
  seen: i32,
  scale: f32,
  largest: usize,
  sum: usize,
  result: usize,
  bytes: usize,
): void {
  let most = f32x4.splat(-Infinity);
  for (let j = 0; j < seen; j += 4) {
    const at = scores + 4 * <usize>j;
    let four = f32x4.mul(v128.load(at), f32x4.splat(scale));
    if (seen - j < 4) four = firstLanes(four, seen - j, -Infinity);
    most = f32x4.max(most, four);
    v128.store(at, four);
  }
  const before = load<f32>(largest);
  const now = max(before, largest4(most));
  const kept: f32 = before == -Infinity ? 0 : exp1(before - now);
  store<f32>(largest, now);
  let total = f32x4.splat(0);
  for (let j = 0; j < seen; j += 4) {
    const at = scores + 4 * <usize>j;
    let four = exp4(f32x4.sub(v128.load(at), f32x4.splat(now)));
    if (seen - j < 4) four = firstLanes(four, seen - j, 0);
    total = f32x4.add(total, four);
    v128.store(at, four);
  }
  store<f32>(sum, load<f32>(sum) * kept + sum4(total));
  if (kept == 1) return;
  for (let k: usize = 0; k < bytes; k += 16) {
    v128.store(result + k, f32x4.mul(v128.load(result + k), f32x4.splat(kept)));
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
  return sums4(a, b, c, d);
}

/** Lane i of the result is the sum of all lanes of register i (a, b, c or d). */
// @inline
function sums4(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** Adds the values, each times its weight, to the result. */
function addOne(result: usize, values: usize, seen: i32, bytes: usize, weights: usize): void {
  addValues(result, values, seen, bytes, bytes, weights);
}

/** Like addOne, for two results; the weights of the second result follow those of the first. */
function addTwo(result: usize, other: usize, values: usize, seen: i32, bytes: usize, weights: usize): void {
  const end = weights + 4 * <usize>seen;
  const whole = bytes & ~63;
  for (let k: usize = 0; k < whole; k += 64) {
    let a = v128.load(result + k);
    let b = v128.load(result + k, 16);
    let c = v128.load(result + k, 32);
    let d = v128.load(result + k, 48);
    let e = v128.load(other + k);
    let f = v128.load(other + k, 16);
    let g = v128.load(other + k, 32);
    let h = v128.load(other + k, 48);
    let v = values + k;
    for (let w = weights; w < end; w += 4) {
      const p = v128.load32_splat(w);
      const q = v128.load32_splat(w, 4 * TILE);
      let four = v128.load(v);
      a = f32x4.add(a, f32x4.mul(p, four));
      e = f32x4.add(e, f32x4.mul(q, four));
      four = v128.load(v, 16);
      b = f32x4.add(b, f32x4.mul(p, four));
      f = f32x4.add(f, f32x4.mul(q, four));
      four = v128.load(v, 32);
      c = f32x4.add(c, f32x4.mul(p, four));
      g = f32x4.add(g, f32x4.mul(q, four));
      four = v128.load(v, 48);
      d = f32x4.add(d, f32x4.mul(p, four));
      h = f32x4.add(h, f32x4.mul(q, four));
      v += bytes;
    }
    v128.store(result + k, a);
    v128.store(result + k, b, 16);
    v128.store(result + k, c, 32);
    v128.store(result + k, d, 48);
    v128.store(other + k, e);
    v128.store(other + k, f, 16);
    v128.store(other + k, g, 32);
    v128.store(other + k, h, 48);
  }
  addValues(result + whole, values + whole, seen, bytes - whole, bytes, weights);
  addValues(other + whole, values + whole, seen, bytes - whole, bytes, weights + 4 * <usize>TILE);
}

/** `stride`: the number of bytes from the values of a position to the values of the next. */
function addValues(
  result: usize,
  values: usize,
  seen: i32,
  bytes: usize,
  stride: usize,
  weights: usize,
): void {
  const end = weights + 4 * <usize>seen;
  for (let k: usize = 0; k < bytes; k += 16) {
    let sum = v128.load(result + k);
    let v = values + k;
    for (let w = weights; w < end; w += 4) {
      sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(w), v128.load(v)));
      v += stride;
    }
    v128.store(result + k, sum);
  }
}
