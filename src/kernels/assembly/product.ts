// y = x · Wᵀ. Each thread takes some of the rows of W.

import { floatProducts } from './float-products.ts';
import { packedPanels } from './packed-panels.ts';
import { packedRow } from './packed-row.ts';
import { firstOf } from './lanes.ts';
import { BLOCK, BLOCKS4 } from './unpack.ts';

// @unmanaged
export class Product {
  code: i32;
  wait: i32;
  kind: i32;
  block: i32;
  weights: usize;
  scales: usize;
  /** Rows and columns of W. */
  outputs: i32;
  columns: i32;
  /** Rows of x. */
  rows: i32;
  /** f32 rows; or one packed row, if W has blocks of 32. */
  x: usize;
  xStride: usize;
  /** If not 0, each thread has its own copy of x, at this distance in bytes from the copy of the previous thread. */
  own: usize;
  /** Panels of x, for several rows, if W has blocks of 32. */
  panels: usize;
  y: usize;
  yStride: usize;
  bias: usize;
  /** 1: the product is added to y. */
  add: i32;
}

/** Whether products with these weights read packed rows. */
// @inline
export function isPacked(kind: i32, block: i32): bool {
  return kind >= BLOCKS4 && block == BLOCK;
}

export function product(op: Product, thread: i32, threads: i32, spare: usize): void {
  const from = firstOf(op.outputs, 4, thread, threads);
  const to = firstOf(op.outputs, 4, thread + 1, threads);
  if (from >= to) return;
  const add = op.add != 0;
  const x = op.x + op.own * <usize>thread;
  if (!isPacked(op.kind, op.block)) {
    floatProducts(
      op.kind,
      op.block,
      op.weights,
      op.scales,
      x,
      op.xStride,
      0,
      op.rows,
      op.columns,
      from,
      to,
      op.y,
      op.yStride,
      op.bias,
      add,
      spare,
    );
    return;
  }
  const four = op.kind == BLOCKS4;
  if (op.rows == 1) {
    packedRow(four, op.weights, op.scales, x, op.columns, from, to, op.y, op.bias, add, spare);
    return;
  }
  packedPanels(
    four,
    op.weights,
    op.scales,
    op.panels,
    op.rows,
    op.columns,
    from,
    to,
    op.y,
    op.yStride,
    op.bias,
    add,
  );
}
