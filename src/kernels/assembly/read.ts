// Reads memory and does almost nothing else. The benchmarks compare the speed of products with the speed of this loop.

import { firstOf } from './lanes.ts';

// @unmanaged
export class Read {
  code: i32;
  wait: i32;
  from: usize;
  /** Number of units of 128 bytes to read. */
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
