// Unpacks rows of stored weights to f32.

import { fromHalf, fromHalf4 } from './lanes.ts';

/** The formats of stored weights. The numbers are those of WEIGHT_KINDS in ../operations.ts. */
export const F32: i32 = 0;
export const F16: i32 = 1;
export const BF16: i32 = 2;
export const BLOCKS4: i32 = 3;
export const BLOCKS8: i32 = 4;

/**
 * The block size whose products are computed with integers; weights with any other block size are unpacked to f32
 * first.
 */
export const BLOCK: i32 = 32;

/** Bytes of a row of a matrix with `columns` columns; a row of blocks ends with a whole block. */
export function rowBytes(kind: i32, block: i32, columns: i32): usize {
  if (kind == F32) return <usize>columns * 4;
  if (kind < BLOCKS4) return <usize>columns * 2;
  const blocks = (columns + block - 1) / block;
  return <usize>(kind == BLOCKS4 ? (blocks * block) / 2 : blocks * block);
}

/** Writes row `row` of a matrix to `to` as f32. */
export function unpackRow(
  kind: i32,
  block: i32,
  weights: usize,
  scales: usize,
  row: i32,
  columns: i32,
  to: usize,
): void {
  const from = weights + <usize>row * rowBytes(kind, block, columns);
  if (kind == F32) memory.copy(to, from, <usize>columns * 4);
  else if (kind == F16) unpackHalf(from, columns, to);
  else if (kind == BF16) {
    for (let i = 0; i < columns; i++) {
      store<u32>(to + 4 * <usize>i, (<u32>load<u16>(from + 2 * <usize>i)) << 16);
    }
  } else {
    const blocks = (columns + block - 1) / block;
    unpackBlocks(kind == BLOCKS4, block, from, scales + 2 * <usize>(row * blocks), columns, to);
  }
}

export function unpackHalf(from: usize, count: i32, to: usize): void {
  const end = from + 2 * <usize>count;
  const whole = from + 2 * <usize>(count & ~7);
  for (; from < whole; from += 16) {
    const eight = v128.load(from);
    v128.store(to, fromHalf4(i32x4.extend_low_i16x8_s(eight)));
    v128.store(to, fromHalf4(i32x4.extend_high_i16x8_s(eight)), 16);
    to += 32;
  }
  for (; from < end; from += 2) {
    store<f32>(to, fromHalf(load<u16>(from)));
    to += 4;
  }
}

function unpackBlocks(four: bool, block: i32, from: usize, scales: usize, columns: i32, to: usize): void {
  for (let i = 0; i < columns; i++) {
    const scale = fromHalf(load<u16>(scales + 2 * <usize>(i / block)));
    const level = four
      ? <i32>((load<u8>(from + <usize>(i >> 1)) >> ((i & 1) << 2)) & 15) - 8
      : <i32>load<u8>(from + <usize>i) - 128;
    store<f32>(to + 4 * <usize>i, <f32>level * scale);
  }
}
