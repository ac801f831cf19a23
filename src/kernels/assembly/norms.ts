// Root-mean-square and layer norms of one row.

import { sum4 } from './lanes.ts';

/** x · gain / √(mean of x² + epsilon). `to` may be x. */
export function rmsNorm(x: usize, gain: usize, count: i32, epsilon: f32, to: usize): void {
  const end = <usize>(count & ~3) * 4;
  const all = <usize>count * 4;
  let sums = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) {
    const v = v128.load(x + i);
    sums = f32x4.add(sums, f32x4.mul(v, v));
  }
  let sum = sum4(sums);
  for (let i = end; i < all; i += 4) sum += load<f32>(x + i) * load<f32>(x + i);
  const factor = <f32>1 / sqrt(sum / <f32>count + epsilon);
  for (let i: usize = 0; i < end; i += 16) {
    const v = f32x4.mul(v128.load(x + i), f32x4.splat(factor));
    v128.store(to + i, f32x4.mul(v, v128.load(gain + i)));
  }
  for (let i = end; i < all; i += 4) store<f32>(to + i, load<f32>(x + i) * factor * load<f32>(gain + i));
}

/** (x − mean) · gain / √(variance + epsilon) + bias. `to` may be x. */
export function layerNorm(x: usize, gain: usize, bias: usize, count: i32, epsilon: f32, to: usize): void {
  const end = <usize>(count & ~3) * 4;
  const all = <usize>count * 4;
  let sums = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) sums = f32x4.add(sums, v128.load(x + i));
  let sum = sum4(sums);
  for (let i = end; i < all; i += 4) sum += load<f32>(x + i);
  const mean = sum / <f32>count;
  let squares = f32x4.splat(0);
  for (let i: usize = 0; i < end; i += 16) {
    const v = f32x4.sub(v128.load(x + i), f32x4.splat(mean));
    squares = f32x4.add(squares, f32x4.mul(v, v));
  }
  sum = sum4(squares);
  for (let i = end; i < all; i += 4) sum += (load<f32>(x + i) - mean) * (load<f32>(x + i) - mean);
  const factor = <f32>1 / sqrt(sum / <f32>count + epsilon);
  for (let i: usize = 0; i < end; i += 16) {
    const v = f32x4.mul(f32x4.sub(v128.load(x + i), f32x4.splat(mean)), f32x4.splat(factor));
    v128.store(to + i, f32x4.add(f32x4.mul(v, v128.load(gain + i)), v128.load(bias + i)));
  }
  for (let i = end; i < all; i += 4) {
    store<f32>(to + i, (load<f32>(x + i) - mean) * factor * load<f32>(gain + i) + load<f32>(bias + i));
  }
}
