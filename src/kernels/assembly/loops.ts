// Loops that only read memory, or only multiply integers. Benchmarks compare the speed of products with the speed of
// these loops.

import { firstOf, sumInts } from './lanes.ts';

// @unmanaged
export class Read {
  code: i32;
  wait: i32;
  from: usize;
  /** The number of units of 128 bytes to read. */
  count: i32;
  /** Each thread stores a combination of all its reads here, so that the compiler keeps the reads: i32 (threads). */
  to: usize;
}

export function read(op: Read, thread: i32, threads: i32): void {
  let a = i32x4.splat(0);
  let b = i32x4.splat(0);
  const end = op.from + 128 * <usize>firstOf(op.count, 1, thread + 1, threads);
  for (let at = op.from + 128 * <usize>firstOf(op.count, 1, thread, threads); at < end; at += 128) {
    a = v128.xor(a, v128.xor(v128.load(at), v128.load(at, 16)));
    b = v128.xor(b, v128.xor(v128.load(at, 32), v128.load(at, 48)));
    a = v128.xor(a, v128.xor(v128.load(at, 64), v128.load(at, 80)));
    b = v128.xor(b, v128.xor(v128.load(at, 96), v128.load(at, 112)));
  }
  a = v128.xor(a, b);
  const all =
    i32x4.extract_lane(a, 0) ^ i32x4.extract_lane(a, 1) ^ i32x4.extract_lane(a, 2) ^ i32x4.extract_lane(a, 3);
  store<i32>(op.to + 4 * <usize>thread, all);
}

// @unmanaged
export class Multiply {
  code: i32;
  wait: i32;
  /** The number of units of 64 products to compute. */
  count: i32;
  /** Each thread stores a combination of all its sums here, so that the compiler keeps them: i32 (threads). */
  to: usize;
}

/** Executes the instructions of a product with packed rows, without its loads and scales. */
export function multiply(op: Multiply, thread: i32, threads: i32): void {
  const one = i16x8.splat(1);
  const p = i16x8.splat(3);
  const q = i16x8.splat(5);
  const r = i16x8.splat(7);
  const s = i16x8.splat(9);
  let x = i16x8.splat(<i16>thread);
  let y = one;
  let a = one;
  let b = one;
  let c = one;
  let d = one;
  let e = one;
  let f = one;
  let g = one;
  let h = one;
  const end = firstOf(op.count, 1, thread + 1, threads);
  for (let i = firstOf(op.count, 1, thread, threads); i < end; i++) {
    a = i32x4.add(a, i32x4.dot_i16x8_s(x, p));
    b = i32x4.add(b, i32x4.dot_i16x8_s(x, q));
    c = i32x4.add(c, i32x4.dot_i16x8_s(x, r));
    d = i32x4.add(d, i32x4.dot_i16x8_s(x, s));
    e = i32x4.add(e, i32x4.dot_i16x8_s(y, p));
    f = i32x4.add(f, i32x4.dot_i16x8_s(y, q));
    g = i32x4.add(g, i32x4.dot_i16x8_s(y, r));
    h = i32x4.add(h, i32x4.dot_i16x8_s(y, s));
    x = i16x8.add(x, one);
    y = v128.xor(y, x);
  }
  const sum = i32x4.add(
    i32x4.add(i32x4.add(a, b), i32x4.add(c, d)),
    i32x4.add(i32x4.add(e, f), i32x4.add(g, h)),
  );
  store<i32>(op.to + 4 * <usize>thread, sumInts(sum));
}
