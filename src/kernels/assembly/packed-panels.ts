// Products of panels of eight packed rows (pack.ts) with weights in blocks of 32: each block of weights is unpacked
// once for all eight rows. The integers are multiplied and summed exactly, as for one row.

import { lane0, lane1, lane2, lane3, put, scaled } from './block-sums.ts';
import { fromHalf, sum4 } from './lanes.ts';
import { blocksOf, PANEL, PANEL_BLOCK } from './pack.ts';

/** The number of panels that are multiplied with a row of weights while the panels are in the core's cache. */
const PANELS_AT_ONCE: i32 = 4;

/** y[row][n] = row of the panels · weights[n] for n from `from` to `to` − 1. Writes only the first `rows` rows. */
export function packedPanels(
  four: bool,
  weights: usize,
  scales: usize,
  panels: usize,
  rows: i32,
  columns: i32,
  from: i32,
  to: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
): void {
  const blocks = <usize>blocksOf(columns);
  const wide = blocks * (four ? 16 : 32);
  const count = (rows + PANEL - 1) / PANEL;
  for (let first = 0; first < count; first += PANELS_AT_ONCE) {
    const last = min(count, first + PANELS_AT_ONCE);
    for (let n = <usize>from; n < <usize>to; n++) {
      for (let panel = first; panel < last; panel++) {
        const w = weights + n * wide;
        const rowScales = scales + n * blocks * 2;
        const x = panels + <usize>panel * blocks * PANEL_BLOCK;
        const target = y + <usize>(panel * PANEL) * yStride + 4 * n;
        const count = min(PANEL, rows - panel * PANEL);
        const biased = bias == 0 ? 0 : bias + 4 * n;
        if (four) panelRow4(w, rowScales, x, blocks, count, target, yStride, biased, add);
        else panelRow8(w, rowScales, x, blocks, count, target, yStride, biased, add);
      }
    }
  }
}

function panelRow4(
  weights: usize,
  scales: usize,
  panel: usize,
  blocks: usize,
  rows: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
): void {
  panelRow(true, weights, scales, panel, blocks, rows, y, yStride, bias, add);
}

function panelRow8(
  weights: usize,
  scales: usize,
  panel: usize,
  blocks: usize,
  rows: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
): void {
  panelRow(false, weights, scales, panel, blocks, rows, y, yStride, bias, add);
}

// @inline
function dots(x: usize, a: v128, b: v128, c: v128, d: v128): v128 {
  return i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(v128.load(x), a), i32x4.dot_i16x8_s(v128.load(x, 16), b)),
    i32x4.add(i32x4.dot_i16x8_s(v128.load(x, 32), c), i32x4.dot_i16x8_s(v128.load(x, 48), d)),
  );
}

// @inline
function panelRow(
  four: bool,
  weights: usize,
  scales: usize,
  panel: usize,
  blocks: usize,
  rows: i32,
  y: usize,
  yStride: usize,
  bias: usize,
  add: bool,
): void {
  let w = weights;
  let s = scales;
  let p = panel;
  let a0 = f32x4.splat(0);
  let a1 = f32x4.splat(0);
  let a2 = f32x4.splat(0);
  let a3 = f32x4.splat(0);
  let a4 = f32x4.splat(0);
  let a5 = f32x4.splat(0);
  let a6 = f32x4.splat(0);
  let a7 = f32x4.splat(0);
  for (const end = scales + 2 * blocks; s < end;) {
    let a: v128, b: v128, c: v128, d: v128;
    if (four) {
      // Flipping the highest bit subtracts the zero point 8 from a nibble and makes it signed.
      const q = v128.xor(v128.load(w), i8x16.splat(-120));
      a = i16x8.shr_s(i16x8.shl(q, 12), 12);
      b = i16x8.shr_s(i16x8.shl(q, 8), 12);
      c = i16x8.shr_s(i16x8.shl(q, 4), 12);
      d = i16x8.shr_s(q, 12);
      w += 16;
    } else {
      const q = v128.xor(v128.load(w), i8x16.splat(-128));
      const r = v128.xor(v128.load(w, 16), i8x16.splat(-128));
      a = i16x8.extend_low_i8x16_s(q);
      b = i16x8.extend_high_i8x16_s(q);
      c = i16x8.extend_low_i8x16_s(r);
      d = i16x8.extend_high_i8x16_s(r);
      w += 32;
    }
    const scale = f32x4.splat(fromHalf(load<u16>(s)));
    const low = f32x4.mul(v128.load(p, 512), scale);
    const high = f32x4.mul(v128.load(p, 528), scale);
    a0 = scaled(dots(p, a, b, c, d), lane0(low), a0);
    a1 = scaled(dots(p + 64, a, b, c, d), lane1(low), a1);
    a2 = scaled(dots(p + 128, a, b, c, d), lane2(low), a2);
    a3 = scaled(dots(p + 192, a, b, c, d), lane3(low), a3);
    a4 = scaled(dots(p + 256, a, b, c, d), lane0(high), a4);
    a5 = scaled(dots(p + 320, a, b, c, d), lane1(high), a5);
    a6 = scaled(dots(p + 384, a, b, c, d), lane2(high), a6);
    a7 = scaled(dots(p + 448, a, b, c, d), lane3(high), a7);
    s += 2;
    p += PANEL_BLOCK;
  }
  put(y, sum4(a0), bias, add);
  if (rows > 1) put(y + yStride, sum4(a1), bias, add);
  if (rows > 2) put(y + 2 * yStride, sum4(a2), bias, add);
  if (rows > 3) put(y + 3 * yStride, sum4(a3), bias, add);
  if (rows > 4) put(y + 4 * yStride, sum4(a4), bias, add);
  if (rows > 5) put(y + 5 * yStride, sum4(a5), bias, add);
  if (rows > 6) put(y + 6 * yStride, sum4(a6), bias, add);
  if (rows > 7) put(y + 7 * yStride, sum4(a7), bias, add);
}
