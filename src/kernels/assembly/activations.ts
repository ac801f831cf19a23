// The nonlinear functions between two products, for one row each. The result may overwrite the input.

import { exp4 } from './lanes.ts';

// @inline
function load4(from: usize, left: i32): v128 {
  if (left >= 4) return v128.load(from);
  let v = f32x4.splat(load<f32>(from));
  if (left > 1) v = f32x4.replace_lane(v, 1, load<f32>(from, 4));
  if (left > 2) v = f32x4.replace_lane(v, 2, load<f32>(from, 8));
  return v;
}

// @inline
function store4(to: usize, left: i32, v: v128): void {
  if (left >= 4) {
    v128.store(to, v);
    return;
  }
  store<f32>(to, f32x4.extract_lane(v, 0));
  if (left > 1) store<f32>(to, f32x4.extract_lane(v, 1), 4);
  if (left > 2) store<f32>(to, f32x4.extract_lane(v, 2), 8);
}

// @inline
function silu4(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(x, f32x4.add(one, exp4(f32x4.neg(x))));
}

/** silu(gate) · up of a row that holds all gates, then all ups. */
export function swigluHalves(x: usize, count: i32, to: usize): void {
  const up = x + 4 * <usize>count;
  for (let i = 0; i < count; i += 4) {
    const at = 4 * <usize>i;
    const left = count - i;
    store4(to + at, left, f32x4.mul(silu4(load4(x + at, left)), load4(up + at, left)));
  }
}

/** silu(gate) · up of a row in which each gate is followed by its up. */
export function swigluPairs(x: usize, count: i32, to: usize): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const a = v128.load(x + 8 * <usize>i);
    const b = v128.load(x + 8 * <usize>i, 16);
    const gate = v128.shuffle<i32>(a, b, 0, 2, 4, 6);
    const up = v128.shuffle<i32>(a, b, 1, 3, 5, 7);
    v128.store(to + 4 * <usize>i, f32x4.mul(silu4(gate), up));
  }
  for (; i < count; i++) {
    const gate = silu4(f32x4.splat(load<f32>(x + 8 * <usize>i)));
    store<f32>(to + 4 * <usize>i, f32x4.extract_lane(gate, 0) * load<f32>(x + 8 * <usize>i, 4));
  }
}

/** GELU in its tanh form: x · σ(2 · √(2/π) · (x + 0.044715 x³)). */
export function geluTanh(x: usize, count: i32, to: usize): void {
  const one = f32x4.splat(1);
  for (let i = 0; i < count; i += 4) {
    const v = load4(x + 4 * <usize>i, count - i);
    const cube = f32x4.mul(f32x4.mul(v, v), f32x4.mul(v, f32x4.splat(0.044715)));
    const inner = f32x4.mul(f32x4.add(v, cube), f32x4.splat(-1.5957691216057308));
    store4(to + 4 * <usize>i, count - i, f32x4.div(v, f32x4.add(one, exp4(inner))));
  }
}

/**
 * GELU with the error function: x · (1 + erf(x / √2)) / 2. erf is formula 7.1.26 of Abramowitz and Stegun, off
 * by at most 1.5e-7.
 */
export function geluErf(x: usize, count: i32, to: usize): void {
  const one = f32x4.splat(1);
  for (let i = 0; i < count; i += 4) {
    const v = load4(x + 4 * <usize>i, count - i);
    const z = f32x4.mul(f32x4.abs(v), f32x4.splat(0.7071067811865476));
    const t = f32x4.div(one, f32x4.add(one, f32x4.mul(z, f32x4.splat(0.3275911))));
    let p = f32x4.splat(1.061405429);
    p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-1.453152027));
    p = f32x4.add(f32x4.mul(p, t), f32x4.splat(1.421413741));
    p = f32x4.add(f32x4.mul(p, t), f32x4.splat(-0.284496736));
    p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.254829592));
    // 1 − erf(z) for z = |x| / √2. So 1 + erf(x / √2) is 2 − lost for a positive x, and `lost` for a negative one.
    const lost = f32x4.mul(f32x4.mul(p, t), exp4(f32x4.neg(f32x4.mul(z, z))));
    const isNegative = f32x4.lt(v, f32x4.splat(0));
    const kept = v128.bitselect(lost, f32x4.sub(f32x4.splat(2), lost), isNegative);
    store4(to + 4 * <usize>i, count - i, f32x4.mul(f32x4.mul(v, f32x4.splat(0.5)), kept));
  }
}
