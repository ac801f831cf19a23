// Operations that look rows up in tables: word embeddings, features of pictures, and the vision encoder's learned
// positions.

import { firstOf } from './lanes.ts';
import { unpackRow } from './unpack.ts';

/** Writes the embedding of each token, or its row of the features if the token stands for a part of a picture. */
// @unmanaged
export class Embed {
  code: i32;
  wait: i32;
  rows: i32;
  columns: i32;
  kind: i32;
  block: i32;
  weights: usize;
  scales: usize;
  ids: usize; // i32 (rows)
  /** Row of each token in the features, counted from 1; 0 for text. */
  featureRows: usize; // i32 (rows)
  features: usize; // f32 (…, columns)
  y: usize;
  yStride: usize;
}

export function embed(op: Embed, thread: i32, threads: i32): void {
  const to = firstOf(op.rows, 1, thread + 1, threads);
  for (let row = firstOf(op.rows, 1, thread, threads); row < to; row++) {
    const y = op.y + op.yStride * <usize>row;
    const feature = load<i32>(op.featureRows + 4 * <usize>row);
    if (feature == 0) {
      const id = load<i32>(op.ids + 4 * <usize>row);
      unpackRow(op.kind, op.block, op.weights, op.scales, id, op.columns, y);
    } else {
      const bytes = 4 * <usize>op.columns;
      memory.copy(y, op.features + bytes * <usize>(feature - 1), bytes);
    }
  }
}

/** Adds a DeepStack tap to the rows that stand for pictures. */
// @unmanaged
export class AddFeatures {
  code: i32;
  wait: i32;
  rows: i32;
  columns: i32;
  featureRows: usize;
  features: usize;
  y: usize;
  yStride: usize;
}

export function addFeatures(op: AddFeatures, thread: i32, threads: i32): void {
  const to = firstOf(op.rows, 1, thread + 1, threads);
  for (let row = firstOf(op.rows, 1, thread, threads); row < to; row++) {
    const feature = load<i32>(op.featureRows + 4 * <usize>row);
    if (feature == 0) continue;
    const x = op.features + 4 * <usize>op.columns * <usize>(feature - 1);
    addScaled(x, 1, op.columns, op.y + op.yStride * <usize>row);
  }
}

/** Adds four rows of the table, each times its weight, to each patch. */
// @unmanaged
export class AddPositions {
  code: i32;
  wait: i32;
  rows: i32;
  columns: i32;
  indices: usize; // i32 (4, rows)
  weights: usize; // f32 (4, rows)
  table: usize; // f32 (…, columns)
  y: usize;
  yStride: usize;
}

export function addPositions(op: AddPositions, thread: i32, threads: i32): void {
  const to = firstOf(op.rows, 1, thread + 1, threads);
  for (let row = firstOf(op.rows, 1, thread, threads); row < to; row++) {
    for (let tap = 0; tap < 4; tap++) {
      const at = 4 * <usize>(tap * op.rows + row);
      const x = op.table + 4 * <usize>(load<i32>(op.indices + at) * op.columns);
      addScaled(x, load<f32>(op.weights + at), op.columns, op.y + op.yStride * <usize>row);
    }
  }
}

function addScaled(x: usize, factor: f32, count: i32, y: usize): void {
  for (let i: usize = 0; i < 4 * <usize>count; i += 4) {
    store<f32>(y + i, load<f32>(y + i) + load<f32>(x + i) * factor);
  }
}
