// The largest logits of a vocabulary, and the sum of all exponentials relative to the largest.

import { exp4, sum4 } from './lanes.ts';

/** Thread 0 does all the work. */
// @unmanaged
export class Best {
  code: i32;
  wait: i32;
  count: i32;
  /** The number of logits to choose. */
  chosen: i32;
  logits: usize; // f32 (count)
  values: usize; // f32 (chosen), descending; equal logits by ascending id
  ids: usize; // i32 (chosen)
  sum: usize; // f64: the sum of all exp(logit − largest)
}

export function best(op: Best, thread: i32): void {
  if (thread != 0) return;
  const k = op.chosen;
  let held = 0;
  let least: f32 = -Infinity;
  for (let id = 0; id < op.count; id++) {
    const logit = load<f32>(op.logits + 4 * <usize>id);
    if (held == k && !(logit > least)) continue;
    let at = held < k ? held++ : k - 1;
    for (; at > 0 && logit > load<f32>(op.values + 4 * <usize>(at - 1)); at--) {
      store<f32>(op.values + 4 * <usize>at, load<f32>(op.values + 4 * <usize>(at - 1)));
      store<i32>(op.ids + 4 * <usize>at, load<i32>(op.ids + 4 * <usize>(at - 1)));
    }
    store<f32>(op.values + 4 * <usize>at, logit);
    store<i32>(op.ids + 4 * <usize>at, id);
    least = load<f32>(op.values + 4 * <usize>(held - 1));
  }
  const largest = load<f32>(op.values);
  let sum: f64 = 0;
  let i = 0;
  for (; i + 4 <= op.count; i += 4) {
    sum += <f64>sum4(exp4(f32x4.sub(v128.load(op.logits + 4 * <usize>i), f32x4.splat(largest))));
  }
  for (; i < op.count; i++) {
    const rest = exp4(f32x4.splat(load<f32>(op.logits + 4 * <usize>i) - largest));
    sum += <f64>f32x4.extract_lane(rest, 0);
  }
  store<f64>(op.sum, sum);
}
