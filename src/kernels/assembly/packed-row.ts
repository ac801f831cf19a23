// Multiplies one packed row (pack.ts) by weights in blocks of 32: the integers of a block are multiplied and summed
// exactly, and each sum is scaled in f32. Several distant rows of weights are read at once. Whenever one of them enters
// a new page of memory, the processor must wait for that page, and meanwhile it computes with the other rows.

import { put, scaled } from './block-sums.ts';
import { fromHalf, fromHalf4, sum4 } from './lanes.ts';
import { blocksOf, scalesAt, sumsAt } from './pack.ts';

/**
 * y[n] = one packed row · weights[n] (+ bias, if given) for n from `from` to `to` − 1. If `add`, the products are added
 * to y.
 */
export function packedRow(
  four: bool,
  weights: usize,
  scales: usize,
  x: usize,
  columns: i32,
  from: i32,
  to: i32,
  y: usize,
  bias: usize,
  add: bool,
  spare: usize,
): void {
  const half = (to - from) >> 1;
  for (let n = from; n < from + half; n++) {
    twoRows(four, weights, scales, n, n + half, x, columns, spare);
    putRow(n, load<f32>(spare), y, bias, add);
    putRow(n + half, load<f32>(spare, 4), y, bias, add);
  }
  if (((to - from) & 1) == 0) return;
  // The last row is computed by the same code, so that its bits do not depend on the number of threads.
  twoRows(four, weights, scales, to - 1, to - 1, x, columns, spare);
  putRow(to - 1, load<f32>(spare), y, bias, add);
}

// @inline
function putRow(n: i32, value: f32, y: usize, bias: usize, add: bool): void {
  const at = 4 * <usize>n;
  put(y + at, value, bias == 0 ? 0 : bias + at, add);
}

// @inline
function twoRows(
  four: bool,
  weights: usize,
  scales: usize,
  n: i32,
  m: i32,
  x: usize,
  columns: i32,
  spare: usize,
): void {
  const blocks = <usize>blocksOf(columns);
  const wide = blocks * (four ? 16 : 32);
  const w = weights + <usize>n * wide;
  const v = weights + <usize>m * wide;
  const s = scales + <usize>n * blocks * 2;
  const t = scales + <usize>m * blocks * 2;
  if (four) twoRowsOf4(w, v, s, t, x, columns, spare);
  else twoRowsOf8(w, v, s, t, x, columns, spare);
}

function twoRowsOf4(w: usize, v: usize, s: usize, t: usize, x: usize, columns: i32, spare: usize): void {
  twoRowsOf(true, w, v, s, t, x, columns, spare);
}

function twoRowsOf8(w: usize, v: usize, s: usize, t: usize, x: usize, columns: i32, spare: usize): void {
  twoRowsOf(false, w, v, s, t, x, columns, spare);
}

/** Writes the products of x with the rows at w and v to `spare`. Their scales are at s and t. */
// @inline
function twoRowsOf(
  four: bool,
  w: usize,
  v: usize,
  s: usize,
  t: usize,
  x: usize,
  columns: i32,
  spare: usize,
): void {
  const wide: usize = four ? 16 : 32;
  const blocks = blocksOf(columns);
  const end = x + 64 * <usize>blocks;
  const whole = x + 64 * <usize>(blocks & ~3);
  let p = x;
  let sums = x + sumsAt(columns);
  let xs = x + scalesAt(columns);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (; p < whole;) {
    // Loads that repeat one number are cheaper than shuffles that repeat it.
    v128.store(spare, f32x4.mul(fromHalf4(v128.load16x4_s(s)), v128.load(xs)));
    v128.store(spare, f32x4.mul(fromHalf4(v128.load16x4_s(t)), v128.load(xs)), 16);
    for (let scale = spare; scale < spare + 16; scale += 4) {
      const sum = v128.load32_zero(sums);
      a = scaled(dots(four, w, p, sum), v128.load32_splat(scale), a);
      b = scaled(dots(four, v, p, sum), v128.load32_splat(scale, 16), b);
      w += wide;
      v += wide;
      p += 64;
      sums += 4;
    }
    s += 8;
    t += 8;
    xs += 16;
  }
  for (; p < end;) {
    const sum = v128.load32_zero(sums);
    const scale = load<f32>(xs);
    a = scaled(dots(four, w, p, sum), f32x4.splat(fromHalf(load<u16>(s)) * scale), a);
    b = scaled(dots(four, v, p, sum), f32x4.splat(fromHalf(load<u16>(t)) * scale), b);
    w += wide;
    v += wide;
    p += 64;
    s += 2;
    t += 2;
    sums += 4;
    xs += 4;
  }
  store<f32>(spare, sum4(a));
  store<f32>(spare, sum4(b), 4);
}

// @inline
function dots(four: bool, w: usize, x: usize, sum: v128): v128 {
  if (four) return four4(v128.load(w), x, sum);
  return four8(v128.load(w), v128.load(w, 16), x, sum);
}

// @inline
function four4(q: v128, x: usize, sum: v128): v128 {
  const low = i16x8.splat(15);
  return i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load(x), v128.and(q, low)),
      i32x4.dot_i16x8_s(v128.load(x, 16), v128.and(i16x8.shr_u(q, 4), low)),
    ),
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load(x, 32), v128.and(i16x8.shr_u(q, 8), low)),
      i32x4.add(i32x4.dot_i16x8_s(v128.load(x, 48), i16x8.shr_u(q, 12)), sum),
    ),
  );
}

// @inline
function four8(q: v128, r: v128, x: usize, sum: v128): v128 {
  return i32x4.add(
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load(x), i16x8.extend_low_i8x16_u(q)),
      i32x4.dot_i16x8_s(v128.load(x, 16), i16x8.extend_high_i8x16_u(q)),
    ),
    i32x4.add(
      i32x4.dot_i16x8_s(v128.load(x, 32), i16x8.extend_low_i8x16_u(r)),
      i32x4.add(i32x4.dot_i16x8_s(v128.load(x, 48), i16x8.extend_high_i8x16_u(r)), sum),
    ),
  );
}
