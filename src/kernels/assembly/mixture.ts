// Routes rows to the experts of a mixture, and multiplies rows with the weights of their experts. Rows are grouped by
// expert; each group begins at a multiple of `unit` places.

import { floatProducts } from './float-products.ts';
import { packedPanels } from './packed-panels.ts';
import { packedRow } from './packed-row.ts';
import { exp1, firstOf } from './lanes.ts';
import { blocksOf, PANEL, PANEL_BLOCK, toPanel } from './pack.ts';
import { isPacked } from './product.ts';
import { BLOCKS4 } from './unpack.ts';

/** Chooses the best `chosen` experts of each row and groups rows by expert. Thread 0 does all the work. */
// @unmanaged
export class Route {
  code: i32;
  wait: i32;
  rows: i32;
  experts: i32;
  chosen: i32;
  /** Each group begins at a multiple of this many places. */
  unit: i32;
  logits: usize; // f32 (rows, experts)
  best: usize; // i32 (rows, chosen)
  shares: usize; // f32 (rows, chosen)
  /** The first place of each expert's group, and the number of rows in the group. */
  starts: usize; // i32 (experts)
  counts: usize; // i32 (experts)
  /** The row at each place, or −1. There are at most rows · chosen + (unit − 1) · experts places. */
  order: usize; // i32 (places)
  weights: usize; // f32 (places)
  /** Receives a copy of the experts that were chosen for the last row. */
  last: usize; // i32 (chosen)
}

export function route(op: Route, thread: i32): void {
  if (thread != 0) return;
  memory.fill(op.counts, 0, 4 * <usize>op.experts);
  memory.fill(op.order, 255, 4 * <usize>(op.rows * op.chosen + (op.unit - 1) * op.experts));
  for (let row = 0; row < op.rows; row++) {
    const at = 4 * <usize>(row * op.chosen);
    choose(op.logits + 4 * <usize>(row * op.experts), op.experts, op.chosen, op.best + at, op.shares + at);
    for (let i = 0; i < op.chosen; i++) {
      const count = op.counts + 4 * <usize>load<i32>(op.best + at + 4 * <usize>i);
      store<i32>(count, load<i32>(count) + 1);
    }
  }
  let places = 0;
  for (let e: usize = 0; e < <usize>op.experts; e++) {
    store<i32>(op.starts + 4 * e, places);
    const count = load<i32>(op.counts + 4 * e);
    places += ((count + op.unit - 1) / op.unit) * op.unit;
    store<i32>(op.counts + 4 * e, 0);
  }
  for (let row = 0; row < op.rows; row++) {
    for (let i = 0; i < op.chosen; i++) {
      const at = 4 * <usize>(row * op.chosen + i);
      const expert = 4 * <usize>load<i32>(op.best + at);
      const count = load<i32>(op.counts + expert);
      const to = 4 * <usize>(load<i32>(op.starts + expert) + count);
      store<i32>(op.counts + expert, count + 1);
      store<i32>(op.order + to, row);
      store<f32>(op.weights + to, load<f32>(op.shares + at));
    }
  }
  memory.copy(op.last, op.best + 4 * <usize>((op.rows - 1) * op.chosen), 4 * <usize>op.chosen);
}

/**
 * Writes the indices of the k largest logits, descending; equal logits by ascending index. Their shares are the
 * softmax over these k logits alone.
 */
function choose(logits: usize, experts: i32, k: i32, best: usize, shares: usize): void {
  let count = 0;
  for (let e = 0; e < experts; e++) {
    const logit = load<f32>(logits + 4 * <usize>e);
    if (count == k && !(logit > logitAt(logits, best, k - 1))) continue;
    let at = count < k ? count++ : k - 1;
    for (; at > 0 && logit > logitAt(logits, best, at - 1); at--) {
      store<i32>(best + 4 * <usize>at, load<i32>(best + 4 * <usize>(at - 1)));
    }
    store<i32>(best + 4 * <usize>at, e);
  }
  const largest = logitAt(logits, best, 0);
  let total: f32 = 0;
  for (let i = 0; i < k; i++) {
    const share = exp1(logitAt(logits, best, i) - largest);
    store<f32>(shares + 4 * <usize>i, share);
    total += share;
  }
  for (let i: usize = 0; i < <usize>k; i++) store<f32>(shares + 4 * i, load<f32>(shares + 4 * i) / total);
}

// @inline
function logitAt(logits: usize, best: usize, i: i32): f32 {
  return load<f32>(logits + 4 * <usize>load<i32>(best + 4 * <usize>i));
}

/** Copies packed rows into the panels of the groups. */
// @unmanaged
export class Gather {
  code: i32;
  wait: i32;
  experts: i32;
  columns: i32;
  starts: usize;
  counts: usize;
  order: usize;
  packed: usize;
  packedStride: usize;
  panels: usize;
}

export function gather(op: Gather, thread: i32, threads: i32): void {
  const panelBytes = <usize>blocksOf(op.columns) * PANEL_BLOCK;
  const to = firstOf(op.experts, 1, thread + 1, threads);
  for (let e = firstOf(op.experts, 1, thread, threads); e < to; e++) {
    const start = load<i32>(op.starts + 4 * <usize>e);
    const end = start + load<i32>(op.counts + 4 * <usize>e);
    for (let at = start; at < end; at++) {
      const row = op.packed + op.packedStride * <usize>load<i32>(op.order + 4 * <usize>at);
      toPanel(row, op.columns, op.panels + panelBytes * <usize>(at / PANEL), at % PANEL);
    }
  }
}

/** The products of all groups with their experts' weights: y[place] = x · Wᵀ. */
// @unmanaged
export class ExpertProduct {
  code: i32;
  wait: i32;
  kind: i32;
  block: i32;
  /** Address of each expert. */
  table: usize;
  /** Offsets of the weights and the scales in an expert. */
  weights: usize;
  scales: usize;
  outputs: i32;
  columns: i32;
  experts: i32;
  starts: usize;
  counts: usize;
  /** The row of x for each place; 0: x has one row per place. */
  order: usize;
  x: usize;
  xStride: usize;
  /** If not 0, each thread has its own copy of x, at this distance in bytes from the copy of the previous thread. */
  own: usize;
  /** Panels of x, for groups of several rows; 0: all groups have one row. */
  panels: usize;
  y: usize;
  yStride: usize;
}

export function expertProduct(op: ExpertProduct, thread: i32, threads: i32, spare: usize): void {
  const from = firstOf(op.outputs, 4, thread, threads);
  const to = firstOf(op.outputs, 4, thread + 1, threads);
  const x = op.x + op.own * <usize>thread;
  const four = op.kind == BLOCKS4;
  const panelBytes = <usize>blocksOf(op.columns) * PANEL_BLOCK;
  for (let e: usize = 0; e < <usize>op.experts; e++) {
    const count = load<i32>(op.counts + 4 * e);
    if (count == 0 || from >= to) continue;
    const start = load<i32>(op.starts + 4 * e);
    const expert = <usize>load<u32>(op.table + 4 * e);
    const list = op.order == 0 ? 0 : op.order + 4 * <usize>start;
    const first = list == 0 ? x + op.xStride * <usize>start : x;
    const y = op.y + op.yStride * <usize>start;
    if (!isPacked(op.kind, op.block)) {
      floatProducts(
        op.kind,
        op.block,
        expert + op.weights,
        expert + op.scales,
        first,
        op.xStride,
        list,
        count,
        op.columns,
        from,
        to,
        y,
        op.yStride,
        0,
        false,
        spare,
      );
    } else if (op.panels == 0) {
      const row = list == 0 ? first : x + op.xStride * <usize>load<i32>(list);
      packedRow(four, expert + op.weights, expert + op.scales, row, op.columns, from, to, y, 0, false, spare);
    } else {
      packedPanels(
        four,
        expert + op.weights,
        expert + op.scales,
        op.panels + panelBytes * <usize>(start / PANEL),
        count,
        op.columns,
        from,
        to,
        y,
        op.yStride,
        0,
        false,
      );
    }
  }
}

/** Adds each place's result, times its share, to the row that it belongs to. */
// @unmanaged
export class Combine {
  code: i32;
  wait: i32;
  experts: i32;
  columns: i32;
  starts: usize;
  counts: usize;
  order: usize;
  weights: usize;
  x: usize;
  xStride: usize;
  y: usize;
  yStride: usize;
}

export function combine(op: Combine, thread: i32, threads: i32): void {
  const from = firstOf(op.columns, 4, thread, threads);
  const to = firstOf(op.columns, 4, thread + 1, threads);
  for (let e: usize = 0; e < <usize>op.experts; e++) {
    const start = load<i32>(op.starts + 4 * e);
    const end = start + load<i32>(op.counts + 4 * e);
    for (let at = start; at < end; at++) {
      const share = load<f32>(op.weights + 4 * <usize>at);
      const x = op.x + op.xStride * <usize>at;
      const y = op.y + op.yStride * <usize>load<i32>(op.order + 4 * <usize>at);
      for (let i = 4 * <usize>from; i < 4 * <usize>to; i += 4) {
        store<f32>(y + i, load<f32>(y + i) + load<f32>(x + i) * share);
      }
    }
  }
}
