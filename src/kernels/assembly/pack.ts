// Packs rows of activations into 16 bits: each block of 32 numbers becomes 32 integers and one f32 scale. Products with
// 4-bit and with 8-bit weights read the integers in different orders, so that unpacking the weights takes few
// instructions.
//
// A packed row has, with b = ⌈columns / 32⌉ blocks and b' = b rounded up to a multiple of 4:
// - b × 32 integers of 16 bits
// - b' integers of 32 bits: each block's sum times −zero point; products add it, because weights are stored unsigned
// - b' scales (f32)
//
// A panel holds 8 packed rows side by side, for products with many rows. For each block it has the integers of
// each row, then the 8 scales.

import { largest4, sumInts } from './lanes.ts';

/** Rows per panel. */
export const PANEL: i32 = 8;
/** Bytes of one block in a panel. */
export const PANEL_BLOCK: usize = 8 * 64 + 8 * 4;

// @inline
export function blocksOf(columns: i32): i32 {
  return (columns + 31) >> 5;
}

// @inline
function padded(blocks: i32): i32 {
  return (blocks + 3) & ~3;
}

export function packedBytes(columns: i32): usize {
  const blocks = blocksOf(columns);
  return <usize>(64 * blocks + 8 * padded(blocks));
}

/** The offset of the sums in a packed row. */
// @inline
export function sumsAt(columns: i32): usize {
  return <usize>(64 * blocksOf(columns));
}

/** The offset of the scales in a packed row. */
// @inline
export function scalesAt(columns: i32): usize {
  const blocks = blocksOf(columns);
  return <usize>(64 * blocks + 4 * padded(blocks));
}

/** Packs a row of f32 for weights of `bits` bits. `spare` has space for 32 numbers. */
export function packRow(x: usize, columns: i32, bits: i32, to: usize, spare: usize): void {
  const blocks = blocksOf(columns);
  const sums = to + sumsAt(columns);
  const scales = to + scalesAt(columns);
  for (let b = 0; b < blocks; b++) {
    const at = <usize>b;
    let from = x + 128 * at;
    const filled = columns - 32 * b;
    if (filled < 32) {
      memory.fill(spare, 0, 128);
      memory.copy(spare, from, 4 * <usize>filled);
      from = spare;
    }
    packBlock(from, bits, to + 64 * at, sums + 4 * at, scales + 4 * at);
  }
  for (let b = blocks; b < padded(blocks); b++) {
    store<i32>(sums + 4 * <usize>b, 0);
    store<f32>(scales + 4 * <usize>b, 0);
  }
}

function packBlock(x: usize, bits: i32, to: usize, sum: usize, scale: usize): void {
  let most = f32x4.splat(0);
  for (let i: usize = 0; i < 128; i += 16) most = f32x4.max(most, f32x4.abs(v128.load(x + i)));
  const extreme = largest4(most);
  const inverse = f32x4.splat(extreme > 0 ? <f32>32767 / extreme : 0);
  // NaN and infinity must reach the result, so the scale keeps them.
  store<f32>(scale, extreme / 32767);
  const a = eight(x, inverse);
  const b = eight(x + 32, inverse);
  const c = eight(x + 64, inverse);
  const d = eight(x + 96, inverse);
  const ones = i16x8.splat(1);
  const total = i32x4.add(
    i32x4.add(i32x4.dot_i16x8_s(a, ones), i32x4.dot_i16x8_s(b, ones)),
    i32x4.add(i32x4.dot_i16x8_s(c, ones), i32x4.dot_i16x8_s(d, ones)),
  );
  store<i32>(sum, sumInts(total) * (bits == 4 ? -8 : -128));
  if (bits == 8) {
    // Products read 8-bit weights in their stored order, so the integers stay in order, too.
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
    return;
  }
  // Products unpack four 4-bit weights from each 16-bit lane, so the integers are put in four groups: group g has the
  // numbers 4j + g.
  const even = evenLanes(a, b);
  const odd = oddLanes(a, b);
  const even2 = evenLanes(c, d);
  const odd2 = oddLanes(c, d);
  v128.store(to, evenLanes(even, even2));
  v128.store(to, evenLanes(odd, odd2), 16);
  v128.store(to, oddLanes(even, even2), 32);
  v128.store(to, oddLanes(odd, odd2), 48);
}

// @inline
function eight(x: usize, inverse: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x), inverse))),
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(v128.load(x, 16), inverse))),
  );
}

// @inline
function evenLanes(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}

// @inline
function oddLanes(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Copies a packed row to its place in a panel. */
export function toPanel(row: usize, columns: i32, panel: usize, place: i32): void {
  const blocks = blocksOf(columns);
  const scales = row + scalesAt(columns);
  for (let b = 0; b < blocks; b++) {
    const from = row + 64 * <usize>b;
    const to = panel + PANEL_BLOCK * <usize>b;
    memory.copy(to + 64 * <usize>place, from, 64);
    store<f32>(to + 512 + 4 * <usize>place, load<f32>(scales + 4 * <usize>b));
  }
}
