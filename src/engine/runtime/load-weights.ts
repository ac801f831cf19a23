// Brings the weights that a graph names from a package to a session: as an unread Blob if the graph takes them in their
// stored form, otherwise converted.

import { fail } from '../../failure.ts';
import { dequantizeRows } from '../../format/blocks.ts';
import { decodeBF16, decodeF16, encodeF16 } from '../../format/float.ts';
import {
  expertLayer,
  expertPart,
  type Dtype,
  type ExpertPart,
  type TensorEntry,
} from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { expertBlob, tensorBlob, tensorEntry } from '../../format/read-package.ts';
import type { EmittedGraph, ExpertsSource, Precision, TensorSource } from '../../graph/emitted.ts';
import type { WeightData, WeightSource } from './tensor.ts';

/**
 * Returns the weights in the graph's order without reading any. Each later read calls `onBytes` with the number of its
 * bytes, and a stop ends the reading.
 */
export async function loadWeights(
  store: PackageStore,
  graph: EmittedGraph,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<WeightData[]> {
  const loaded: WeightData[] = [];
  const onRead = (bytes: number): void => {
    signal.throwIfAborted();
    onBytes(bytes);
  };
  for (const [path, source] of graph.weights) {
    signal.throwIfAborted();
    const data =
      source.kind === 'tensor' ? await loadTensor(store, source) : await loadExperts(store, source);
    loaded.push({ path, data, onRead });
  }
  return loaded;
}

const STORED_AS: Record<Precision, Dtype> = { f32: 'F32', f16: 'F16' };
const BYTES: Record<Precision, number> = { f32: 4, f16: 2 };

async function loadTensor(store: PackageStore, source: TensorSource): Promise<WeightSource> {
  const { as } = source;
  const entry = tensorEntry(store, source.tensor);
  const blob = await tensorBlob(store, entry);
  if (as === 'stored' || STORED_AS[as] === entry.dtype) return blob;
  const make = async (): Promise<Uint8Array> => {
    const stored = await bytesOf(blob);
    const values =
      entry.quantization === undefined
        ? floats(stored, entry.dtype, source.tensor)
        : await dequantized(store, stored, entry.quantization);
    return encoded(values, as);
  };
  return { bytes: elementsOf(entry) * BYTES[as], make };
}

function elementsOf({ quantization, shape }: Pick<ExpertPart, 'quantization' | 'shape'>): number {
  if (quantization !== undefined) return quantization.rows * quantization.columns;
  return shape.reduce((product, each) => product * each, 1);
}

async function dequantized(
  store: PackageStore,
  blocks: Uint8Array,
  quantization: NonNullable<TensorEntry['quantization']>,
): Promise<Float32Array> {
  const scales = await bytesOf(await tensorBlob(store, tensorEntry(store, quantization.scales)));
  return dequantizeRows(blocks, words(scales), quantization.columns, quantization);
}

async function loadExperts(store: PackageStore, source: ExpertsSource): Promise<WeightSource> {
  const { as, layout } = source;
  const layer = expertLayer(store.manifest, source.layer);
  const part = expertPart(layer, source.part);
  const experts = await Promise.all(layer.at.map((_, expert) => expertBlob(store, source.layer, expert)));
  if (as === 'stored' || (STORED_AS[as] === part.dtype && layout === 'rows')) {
    return new Blob(experts.map((expert) => expert.slice(part.offset, part.offset + part.bytes)));
  }
  // The package stores gate and up as one part; transposed, each is half of it.
  const rows = layout === 'gate transposed' || layout === 'up transposed' ? 0.5 : 1;
  const bytes = elementsOf(part) * rows * experts.length * BYTES[as];
  const make = async (): Promise<Uint8Array> => {
    const stacked = new Uint8Array(bytes);
    let at = 0;
    for (const expert of experts) {
      const { values, rows: all, columns } = await expertMatrix(expert, layer.parts, part);
      const one = encoded(arranged(values, all, columns, layout), as);
      stacked.set(one, at);
      at += one.byteLength;
    }
    return stacked;
  };
  return { bytes, make };
}

/** Reads only the needed bytes of an expert, because a graph may need only the scales of all experts of a layer. */
async function expertMatrix(
  expert: Blob,
  parts: ExpertPart[],
  part: ExpertPart,
): Promise<{ values: Float32Array; rows: number; columns: number }> {
  const bytesOfPart = ({ offset, bytes }: ExpertPart): Promise<Uint8Array> =>
    bytesOf(expert.slice(offset, offset + bytes));
  const { quantization } = part;
  if (quantization !== undefined) {
    const scales = parts.find((each) => each.name === `${part.name}.scales`);
    if (scales === undefined) fail('bad-manifest', `Expert part "${part.name}" has no scales.`);
    const { rows, columns } = quantization;
    const [blocks, scale] = [await bytesOfPart(part), words(await bytesOfPart(scales))];
    return { values: dequantizeRows(blocks, scale, columns, quantization), rows, columns };
  }
  const [rows, columns] = part.shape;
  if (rows === undefined || columns === undefined)
    fail('bad-manifest', `Expert part "${part.name}" is not a matrix.`);
  return { values: floats(await bytesOfPart(part), part.dtype, part.name), rows, columns };
}

/** Returns (rows, columns) unchanged, or the transpose of all rows, of the even rows (gate) or of the odd rows (up). */
function arranged(
  values: Float32Array,
  rows: number,
  columns: number,
  layout: ExpertsSource['layout'],
): Float32Array {
  if (layout === 'rows') return values;
  const step = layout === 'transposed' ? 1 : 2;
  const first = layout === 'up transposed' ? 1 : 0;
  const kept = rows / step;
  const result = new Float32Array(kept * columns);
  for (let row = 0; row < kept; row++) {
    const from = (row * step + first) * columns;
    for (let column = 0; column < columns; column++) result[column * kept + row] = values[from + column]!;
  }
  return result;
}

/**
 * Converts stored numbers to the precision of a graph. `bytes` begin at a multiple of the type's size. If decoding is
 * needed and `into` is given, decodes into it; `into` must have exactly as many elements.
 */
export function inPrecision(
  bytes: Uint8Array,
  dtype: Dtype,
  as: Precision,
  into?: Float32Array<ArrayBuffer>,
): Uint8Array {
  return STORED_AS[as] === dtype ? bytes : encoded(floats(bytes, dtype, 'expert', into), as);
}

function floats(
  bytes: Uint8Array,
  dtype: Dtype,
  name: string,
  into?: Float32Array<ArrayBuffer>,
): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  if (dtype === 'F16') return decodeF16(words(bytes), into);
  if (dtype === 'BF16') return decodeBF16(words(bytes), into);
  return fail('bad-manifest', `"${name}" holds bytes, not numbers.`);
}

function encoded(values: Float32Array, as: Precision | 'stored'): Uint8Array {
  const numbers = as === 'f16' ? encodeF16(values) : values;
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}

function words(bytes: Uint8Array): Uint16Array {
  return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
}

async function bytesOf(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}
