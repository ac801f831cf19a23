// Chooses the k largest logits of a vocabulary on the device. onnxruntime's WebGPU TopK sorts a row of up to 2048
// numbers in one dispatch, but a longer row in well over a hundred. So a long vocabulary is cut into short rows. The k
// rows with the largest maxima are kept, because they contain the k largest logits, and are sorted in pieces of 2048.
// The ids are computed from the positions that each stage returns.

import type { OnnxGraph } from './onnx.ts';
import { type Value } from './onnx.ts';

/** The largest number of candidate logits, which are those of the last position. */
export const CANDIDATES = 64;
const LONGEST_ROW = 2048;

/** The output with the chosen values. */
export const BEST_VALUES = 'best.values';

interface Stages {
  /** The width of the rows into which the vocabulary is cut. */
  width: number;
  /** The number of rows; the vocabulary is padded to whole pieces. */
  rows: number;
  /** The number of rows that are kept. */
  kept: number;
}

function stages(vocabSize: number): Stages | undefined {
  if (vocabSize <= LONGEST_ROW) return undefined;
  let width = 128;
  while (vocabSize > LONGEST_ROW * width) width *= 2;
  const rowsPerPiece = Math.max(1, LONGEST_ROW / width);
  const rows = Math.ceil(vocabSize / width / rowsPerPiece) * rowsPerPiece;
  return { width, rows, kept: Math.min(CANDIDATES, rows) };
}

/** The names of the outputs that bestIds needs, in its order. */
export function bestOutputs(vocabSize: number): string[] {
  return stages(vocabSize) === undefined ? ['best.last'] : ['best.last', 'best.pieces', 'best.rows'];
}

/** Takes logits f32 (1, vocab). Adds the outputs best.values, f32 (1, k), descending, and the positions, i64. */
export function chooseBest(graph: OnnxGraph, logits: Value, vocabSize: number): void {
  const ints = (...values: number[]): Value =>
    graph.constant(BigInt64Array.from(values, BigInt), [values.length]);
  const reshape = (x: Value, ...shape: number[]): Value => graph.node('Reshape', [x, ints(...shape)]);
  const best = (x: Value, k: number, name: string, shape: number[]): Value => {
    const values = graph.name('best');
    graph.nodes('TopK', '', [x, ints(k)], { axis: -1 }, [values, name]);
    graph.output(name, 'i64', [...shape, k]);
    return values;
  };
  const cut = stages(vocabSize);
  const k = Math.min(CANDIDATES, vocabSize);
  let candidates = logits;
  if (cut !== undefined) {
    const { width, rows, kept } = cut;
    const lowest = graph.constant(Float32Array.of(-3e38), []);
    const padded = graph.node('Pad', [logits, ints(0, 0, 0, rows * width - vocabSize), lowest]);
    const table = reshape(padded, rows, width);
    const maxima = reshape(graph.node('ReduceMax', [table, ints(1)], { keepdims: 0 }), 1, rows);
    best(maxima, kept, 'best.rows', [1]);
    const chosen = graph.node('Gather', [table, reshape('best.rows', kept)], { axis: 0 });
    const pieces = (kept * width) / LONGEST_ROW;
    const perPiece = best(reshape(chosen, pieces, LONGEST_ROW), CANDIDATES, 'best.pieces', [pieces]);
    candidates = reshape(perPiece, 1, pieces * CANDIDATES);
  }
  const values = best(candidates, k, 'best.last', [1]);
  graph.node('Identity', [values], {}, BEST_VALUES);
  graph.output(BEST_VALUES, 'f32', [1, k]);
}

/** The token ids of the chosen values, computed from the positions that the graph's stages return. */
export function bestIds(positions: BigInt64Array[], vocabSize: number): Int32Array {
  const [last, inPieces, rows] = positions;
  const cut = stages(vocabSize);
  return Int32Array.from(last!, (position) => {
    if (cut === undefined) return Number(position);
    const piece = Math.floor(Number(position) / CANDIDATES);
    const flat = piece * LONGEST_ROW + Number(inPieces![Number(position)]);
    return Number(rows![Math.floor(flat / cut.width)]) * cut.width + (flat % cut.width);
  });
}
