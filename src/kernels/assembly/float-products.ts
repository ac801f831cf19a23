// Products of f32 rows with weights of any kind, in f32: two rows of weights are unpacked at a time, and multiplied
// with up to four rows of x at once.

import { put } from './block-sums.ts';
import { sum4 } from './lanes.ts';
import { F32, unpackRow } from './unpack.ts';

/** Bytes of x that are multiplied with a pair of weight rows while these bytes are in the core's cache. */
const TILE_BYTES: i32 = 131072;

/** The address of a row of x: rows follow one another, or `list` gives the index of each row. */
// @inline
function rowAt(x: usize, stride: usize, list: usize, row: i32): usize {
  return x + stride * (list == 0 ? <usize>row : <usize>load<i32>(list + 4 * <usize>row));
}

/**
 * y[m][n] = x[m] · weights[n] (+ bias, if given) for the rows `from` to `to` − 1 of the weights. If `add`, the
 * products are added to y. `spare` has space for two rows of weights.
 */
export function floatProducts(
  kind: i32,
  block: i32,
  weights: usize,
  scales: usize,
  x: usize,
  xStride: usize,
  list: usize,
  rows: i32,
  columns: i32,
  from: i32,
  to: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
  spare: usize,
): void {
  const step = max(4, (TILE_BYTES / (4 * columns)) & ~3);
  const second = spare + (((<usize>columns + 3) & ~3) << 2);
  for (let first = 0; first < rows; first += step) {
    const last = min(rows, first + step);
    for (let n = from; n < to; n += 2) {
      const isPair = n + 1 < to;
      let w0 = spare;
      let w1 = second;
      if (kind == F32) {
        w0 = weights + <usize>n * <usize>columns * 4;
        w1 = isPair ? w0 + <usize>columns * 4 : w0;
      } else {
        unpackRow(kind, block, weights, scales, n, columns, w0);
        if (isPair) unpackRow(kind, block, weights, scales, n + 1, columns, w1);
        else w1 = w0;
      }
      const biased = bias == 0 ? 0 : bias + 4 * <usize>n;
      for (let m = first; m < last; m += 4) {
        const target = y + yStride * <usize>m + 4 * <usize>n;
        const x0 = rowAt(x, xStride, list, m);
        const x1 = m + 1 < last ? rowAt(x, xStride, list, m + 1) : x0;
        const x2 = m + 2 < last ? rowAt(x, xStride, list, m + 2) : x0;
        const x3 = m + 3 < last ? rowAt(x, xStride, list, m + 3) : x0;
        const count = min(4, last - m);
        tile(w0, w1, isPair, x0, x1, x2, x3, count, columns, target, yStride, biased, add);
      }
    }
  }
}

// @inline
function more(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

function tile(
  w0: usize,
  w1: usize,
  isPair: bool,
  x0: usize,
  x1: usize,
  x2: usize,
  x3: usize,
  rows: i32,
  columns: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
): void {
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let b0 = f32x4.splat(0);
  let b1 = f32x4.splat(0);
  let b2 = f32x4.splat(0);
  let b3 = f32x4.splat(0);
  const end = <usize>(columns & ~3) * 4;
  if (rows == 1) {
    for (let k: usize = 0; k < end; k += 16) {
      const x = v128.load(x0 + k);
      a0 = more(a0, x, v128.load(w0 + k));
      b0 = more(b0, x, v128.load(w1 + k));
    }
  } else {
    for (let k: usize = 0; k < end; k += 16) {
      const w = v128.load(w0 + k);
      const v = v128.load(w1 + k);
      let x = v128.load(x0 + k);
      a0 = more(a0, x, w);
      b0 = more(b0, x, v);
      x = v128.load(x1 + k);
      a1 = more(a1, x, w);
      b1 = more(b1, x, v);
      x = v128.load(x2 + k);
      a2 = more(a2, x, w);
      b2 = more(b2, x, v);
      x = v128.load(x3 + k);
      a3 = more(a3, x, w);
      b3 = more(b3, x, v);
    }
  }
  write(a0, b0, w0, w1, isPair, x0, columns, y, bias, add);
  if (rows > 1) write(a1, b1, w0, w1, isPair, x1, columns, y + yStride, bias, add);
  if (rows > 2) write(a2, b2, w0, w1, isPair, x2, columns, y + 2 * yStride, bias, add);
  if (rows > 3) write(a3, b3, w0, w1, isPair, x3, columns, y + 3 * yStride, bias, add);
}

/** Adds the products of the last columns % 4 numbers to the sums, and writes the sums. */
function write(
  a: v128,
  b: v128,
  w0: usize,
  w1: usize,
  isPair: bool,
  x: usize,
  columns: i32,
  y: usize,
  bias: usize,
  add: bool,
): void {
  let first = sum4(a);
  let second = sum4(b);
  for (let k = <usize>(columns & ~3) * 4; k < <usize>columns * 4; k += 4) {
    first += load<f32>(x + k) * load<f32>(w0 + k);
    second += load<f32>(x + k) * load<f32>(w1 + k);
  }
  put(y, first, bias, add);
  if (isPair) put(y + 4, second, bias == 0 ? 0 : bias + 4, add);
}
