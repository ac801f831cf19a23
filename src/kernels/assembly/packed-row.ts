// Products of one packed row (pack.ts) with weights in blocks of 32: the integers of a block are multiplied and summed
// exactly, and each sum is scaled in f32.

import { lane0, lane1, lane2, lane3, put, scaled } from './block-sums.ts';
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
): void {
  const blocks = <usize>blocksOf(columns);
  const wide = blocks * (four ? 16 : 32);
  for (let n = <usize>from; n < <usize>to; n++) {
    const w = weights + n * wide;
    const s = scales + n * blocks * 2;
    const value = four ? rowOf4(w, s, x, columns) : rowOf8(w, s, x, columns);
    put(y + 4 * n, value, bias == 0 ? 0 : bias + 4 * n, add);
  }
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

// @inline
function rowOf4(weights: usize, scales: usize, x: usize, columns: i32): f32 {
  const blocks = <usize>blocksOf(columns);
  const end = weights + blocks * 16;
  const whole = weights + (blocks & ~3) * 16;
  let w = weights;
  let s = scales;
  let p = x;
  let sums = x + sumsAt(columns);
  let xs = x + scalesAt(columns);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (; w < whole;) {
    const scale = f32x4.mul(fromHalf4(v128.load16x4_s(s)), v128.load(xs));
    a = scaled(four4(v128.load(w), p, v128.load32_zero(sums)), lane0(scale), a);
    b = scaled(four4(v128.load(w, 16), p + 64, v128.load32_zero(sums, 4)), lane1(scale), b);
    a = scaled(four4(v128.load(w, 32), p + 128, v128.load32_zero(sums, 8)), lane2(scale), a);
    b = scaled(four4(v128.load(w, 48), p + 192, v128.load32_zero(sums, 12)), lane3(scale), b);
    w += 64;
    s += 8;
    p += 256;
    sums += 16;
    xs += 16;
  }
  for (; w < end;) {
    const scale = f32x4.splat(fromHalf(load<u16>(s)) * load<f32>(xs));
    a = scaled(four4(v128.load(w), p, v128.load32_zero(sums)), scale, a);
    w += 16;
    s += 2;
    p += 64;
    sums += 4;
    xs += 4;
  }
  return sum4(f32x4.add(a, b));
}

// @inline
function rowOf8(weights: usize, scales: usize, x: usize, columns: i32): f32 {
  const blocks = <usize>blocksOf(columns);
  const end = weights + blocks * 32;
  const whole = weights + (blocks & ~3) * 32;
  let w = weights;
  let s = scales;
  let p = x;
  let sums = x + sumsAt(columns);
  let xs = x + scalesAt(columns);
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  for (; w < whole;) {
    const scale = f32x4.mul(fromHalf4(v128.load16x4_s(s)), v128.load(xs));
    a = scaled(four8(v128.load(w), v128.load(w, 16), p, v128.load32_zero(sums)), lane0(scale), a);
    b = scaled(four8(v128.load(w, 32), v128.load(w, 48), p + 64, v128.load32_zero(sums, 4)), lane1(scale), b);
    a = scaled(
      four8(v128.load(w, 64), v128.load(w, 80), p + 128, v128.load32_zero(sums, 8)),
      lane2(scale),
      a,
    );
    b = scaled(
      four8(v128.load(w, 96), v128.load(w, 112), p + 192, v128.load32_zero(sums, 12)),
      lane3(scale),
      b,
    );
    w += 128;
    s += 8;
    p += 256;
    sums += 16;
    xs += 16;
  }
  for (; w < end;) {
    const scale = f32x4.splat(fromHalf(load<u16>(s)) * load<f32>(xs));
    a = scaled(four8(v128.load(w), v128.load(w, 16), p, v128.load32_zero(sums)), scale, a);
    w += 32;
    s += 2;
    p += 64;
    sums += 4;
    xs += 4;
  }
  return sum4(f32x4.add(a, b));
}
