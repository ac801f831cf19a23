// The experts of one MoE layer, in any of the layouts that checkpoints use. Reads one expert at a time into the
// package's layout: gate_up (2·I, H), in which gate and up rows alternate, and down (H, I).

import type { TextConfig } from '../format/model-config.ts';
import { requireShape, type Binder } from './bind.ts';
import type { StoredTensor } from './checkpoint.ts';
import type { CheckpointSource } from './checkpoint-source.ts';
import { alternateRows, copyRows, isCopied, type Blocks } from './copy-blocks.ts';
import { readRows, type Matrix } from './matrix.ts';
import { expertsPrefix } from './model-tensors.ts';
import type { Storage } from './precision.ts';

/** One expert's weights in the checkpoint. */
export interface ExpertWeights {
  layout:
    | { kind: 'in-out'; gateUp: Matrix; down: Matrix } // (H, 2I) and (I, H): official, x·W
    | { kind: 'out-in'; gateUp: Matrix; down: Matrix } // (2I, H) and (H, I): as Linear weights
    | { kind: 'separate'; gate: Matrix; up: Matrix; down: Matrix }; // (I, H), (I, H) and (H, I)
}

/** Finds the experts of a layer. Fails with 'bad-checkpoint', naming the tensor. */
export function bindExperts(binder: Binder, text: TextConfig, layer: number): ExpertWeights[] {
  const prefix = expertsPrefix(layer);
  const { experts: count, intermediateSize: inner } = text.moe ?? { experts: 0, intermediateSize: 0 };
  const hidden = text.hiddenSize;
  const numbers = Array.from({ length: count }, (_, expert) => expert);
  if (binder.has(`${prefix}.0.gate_proj.weight`)) {
    return numbers.map((expert) => {
      const matrix = (name: string, rows: number, columns: number) =>
        binder.matrix(`${prefix}.${expert}.${name}.weight`, [rows, columns], rows, columns);
      const gate = matrix('gate_proj', inner, hidden);
      const up = matrix('up_proj', inner, hidden);
      return { layout: { kind: 'separate', gate, up, down: matrix('down_proj', hidden, inner) } };
    });
  }
  const gateUp = binder.tensor(`${prefix}.gate_up_proj`);
  const down = binder.tensor(`${prefix}.down_proj`);
  const kind = orientation(gateUp, down, { count, hidden, inner });
  return numbers.map((expert) => {
    const matrix = (tensor: StoredTensor, outputs: number, inputs: number) =>
      kind === 'in-out'
        ? binder.slice(tensor, inputs, outputs, expert)
        : binder.slice(tensor, outputs, inputs, expert);
    const layout = { gateUp: matrix(gateUp, 2 * inner, hidden), down: matrix(down, hidden, inner) };
    return { layout: { kind, ...layout } };
  });
}

/**
 * Returns how `gateUp` and `down` are stored: input rows first ('in-out') or output rows first ('out-in'). `gateUp` is
 * square if H = 2·I, and `down` is square if H = I. As both equations cannot be true, at least one of the two shapes
 * shows the orientation. Fails, naming the tensor, if a shape fits neither orientation or the two disagree.
 */
function orientation(
  gateUp: StoredTensor,
  down: StoredTensor,
  { count, hidden, inner }: { count: number; hidden: number; inner: number },
): 'in-out' | 'out-in' {
  const shapes = {
    'in-out': { gateUp: [count, hidden, 2 * inner], down: [count, inner, hidden] },
    'out-in': { gateUp: [count, 2 * inner, hidden], down: [count, hidden, inner] },
  };
  requireShape(gateUp, [shapes['in-out'].gateUp, shapes['out-in'].gateUp]);
  requireShape(down, [shapes['in-out'].down, shapes['out-in'].down]);
  const official = hidden === 2 * inner ? down.shape[1] === inner : gateUp.shape[1] === hidden;
  const kind = official ? 'in-out' : 'out-in';
  requireShape(down, [shapes[kind].down]);
  return kind;
}

/** The matrices of an expert, as the checkpoint stores them. */
export function storedMatrices({ layout }: ExpertWeights): Matrix[] {
  return layout.kind === 'separate' ? [layout.gate, layout.up, layout.down] : [layout.gateUp, layout.down];
}

/**
 * Reads gateUp (2·I, H) of an expert, whose rows are gate 0, up 0, gate 1, … If the expert is stored in blocks that can
 * be copied, returns these blocks.
 */
export async function readGateUp(
  source: CheckpointSource,
  { layout }: ExpertWeights,
  storage: Storage,
  signal?: AbortSignal,
): Promise<Float32Array | Blocks> {
  const read = (matrix: Matrix) => readRows(source, matrix, 0, matrix.rows, signal);
  const copy = (matrix: Matrix, first: number, end: number) => copyRows(source, matrix, first, end, signal);
  if (layout.kind === 'separate') {
    const { gate, up } = layout;
    if (isCopied(gate, storage) && isCopied(up, storage)) {
      return alternateRows(await copy(gate, 0, gate.rows), await copy(up, 0, up.rows));
    }
    const { rows, columns } = layout.gate;
    const gateUp = new Float32Array(2 * rows * columns);
    placeRows(await read(layout.gate), columns, rows, 0, gateUp);
    placeRows(await read(layout.up), columns, rows, 1, gateUp);
    return gateUp;
  }
  const half = layout.gateUp.rows / 2;
  if (layout.kind === 'out-in' && isCopied(layout.gateUp, storage)) {
    return alternateRows(await copy(layout.gateUp, 0, half), await copy(layout.gateUp, half, 2 * half));
  }
  const stored = await read(layout.gateUp);
  const { rows, columns } = layout.gateUp;
  const gateUp = new Float32Array(stored.length);
  if (layout.kind === 'out-in') {
    placeRows(stored.subarray(0, half * columns), columns, half, 0, gateUp);
    placeRows(stored.subarray(half * columns), columns, half, 1, gateUp);
    return gateUp;
  }
  const inner = columns / 2;
  const order = Uint32Array.from({ length: columns }, (_, c) => (c < inner ? 2 * c : 2 * (c - inner) + 1));
  transpose(stored, rows, columns, order, gateUp);
  return gateUp;
}

/** Reads down (H, I) of an expert. If the expert is stored in blocks that can be copied, returns these blocks. */
export async function readDown(
  source: CheckpointSource,
  { layout: { kind, down } }: ExpertWeights,
  storage: Storage,
  signal?: AbortSignal,
): Promise<Float32Array | Blocks> {
  const { rows, columns } = down;
  if (kind !== 'in-out' && isCopied(down, storage)) return copyRows(source, down, 0, rows, signal);
  const stored = await readRows(source, down, 0, rows, signal);
  if (kind !== 'in-out') return stored;
  const inPlace = Uint32Array.from({ length: columns }, (_, c) => c);
  const turned = new Float32Array(stored.length);
  transpose(stored, rows, columns, inPlace, turned);
  return turned;
}

/** Puts row r of `from` at row 2·r + `parity` of `into`. */
function placeRows(
  from: Float32Array,
  columns: number,
  rows: number,
  parity: 0 | 1,
  into: Float32Array,
): void {
  for (let row = 0; row < rows; row++) {
    into.set(from.subarray(row * columns, (row + 1) * columns), (2 * row + parity) * columns);
  }
}

/** Column c of `from` (rows, columns) becomes row order[c] of `into` (columns, rows). */
function transpose(
  from: Float32Array,
  rows: number,
  columns: number,
  order: Uint32Array,
  into: Float32Array,
): void {
  // Works tile by tile, so that all cache lines that a tile reads and writes stay in the first-level cache.
  const tile = 32;
  for (let r0 = 0; r0 < rows; r0 += tile) {
    const r1 = Math.min(rows, r0 + tile);
    for (let c0 = 0; c0 < columns; c0 += tile) {
      const c1 = Math.min(columns, c0 + tile);
      for (let c = c0; c < c1; c++) {
        const at = order[c]! * rows;
        for (let r = r0; r < r1; r++) into[at + r] = from[r * columns + c]!;
      }
    }
  }
}
