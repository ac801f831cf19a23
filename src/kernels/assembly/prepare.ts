// Prepares rows for the next product: applies a norm or an activation, and packs the rows if the product reads packed
// rows.

import { geluErf, geluTanh, swigluHalves, swigluPairs } from './activations.ts';
import { firstOf } from './lanes.ts';
import { layerNorm, rmsNorm } from './norms.ts';
import { blocksOf, packRow, PANEL, PANEL_BLOCK, toPanel } from './pack.ts';

const RMS_NORM: i32 = 1;
const LAYER_NORM: i32 = 2;
const SWIGLU_HALVES: i32 = 3;
const SWIGLU_PAIRS: i32 = 4;
const GELU_TANH: i32 = 5;
const GELU_ERF: i32 = 6;

// @unmanaged
export class Prepare {
  code: i32;
  wait: i32;
  /** The computation, as a number of STEPS in ../operations.ts; 0: none, the rows are only packed. */
  step: i32;
  rows: i32;
  /** Columns of the result; the input of a SwiGLU has twice as many. */
  columns: i32;
  x: usize;
  xStride: usize;
  gain: usize;
  bias: usize;
  epsilon: f32;
  /** The address for the result in f32; 0: only the packed rows are kept. */
  y: usize;
  yStride: usize;
  /** The bits of the weights for which rows are packed; 0: not packed. */
  bits: i32;
  packed: usize;
  packedStride: usize;
  /** Panels of the same rows; 0: none. */
  panels: usize;
  /**
   * If not 0, each thread prepares all rows for itself, and its packed rows lie at this distance in bytes from those
   * of the previous thread. For one row, that takes less time than waiting for another thread.
   */
  own: usize;
  /** If not 0, the address of a list with one entry per row; rows whose entry is −1 are skipped. */
  order: usize;
}

export function prepare(op: Prepare, thread: i32, threads: i32, spare: usize): void {
  const from = op.own != 0 ? 0 : firstOf(op.rows, PANEL, thread, threads);
  const to = op.own != 0 ? op.rows : firstOf(op.rows, PANEL, thread + 1, threads);
  const panelBytes = <usize>blocksOf(op.columns) * PANEL_BLOCK;
  const result = spare + 128;
  for (let row = from; row < to; row++) {
    if (op.order != 0 && load<i32>(op.order + 4 * <usize>row) < 0) continue;
    const x = op.x + op.xStride * <usize>row;
    let y = op.y == 0 ? result : op.y + op.yStride * <usize>row;
    if (op.step == RMS_NORM) rmsNorm(x, op.gain, op.columns, op.epsilon, y);
    else if (op.step == LAYER_NORM) layerNorm(x, op.gain, op.bias, op.columns, op.epsilon, y);
    else if (op.step == SWIGLU_HALVES) swigluHalves(x, op.columns, y);
    else if (op.step == SWIGLU_PAIRS) swigluPairs(x, op.columns, y);
    else if (op.step == GELU_TANH) geluTanh(x, op.columns, y);
    else if (op.step == GELU_ERF) geluErf(x, op.columns, y);
    else y = x;
    if (op.bits == 0) continue;
    const packed = op.packed + op.own * <usize>thread + op.packedStride * <usize>row;
    packRow(y, op.columns, op.bits, packed, spare);
    if (op.panels == 0) continue;
    toPanel(packed, op.columns, op.panels + <usize>(row / PANEL) * panelBytes, row % PANEL);
  }
}
