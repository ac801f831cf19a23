// Weights of a package in the kernels' memory: matrices as they are stored, vectors and small tables as f32. Owns the
// memory that they take.

import { fail } from '../../failure.ts';
import { decodeBF16, decodeF16 } from '../../format/float.ts';
import { expertLayer, type Dtype, type ExpertPart, type TensorEntry } from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { expertBlob, tensorBlob, tensorEntry } from '../../format/read-package.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { WEIGHT_KINDS } from '../../kernels/operations.ts';

/** The number of bytes per read. */
const READ_BYTES = 8 * 1024 * 1024;

/** The form in which the rows of a matrix W are stored, and the form of the rows that its products read. */
export interface MatrixForm {
  kind: number;
  /** The number of weights that share a scale; 0 for floats. */
  block: number;
  /** Rows and columns of W. */
  outputs: number;
  columns: number;
  /** The bits per weight for which rows are packed; 0 if products read f32 rows. */
  packedBits: 0 | 4 | 8;
}

export interface Matrix extends MatrixForm {
  weights: number;
  scales: number;
}

/** The experts of a mixture layer: the address of each expert, and the offsets of its matrices in it. */
export interface ExpertMatrices {
  /** Addresses of the experts, in the kernels' memory. */
  table: number;
  gateUp: Matrix;
  down: Matrix;
}

export class Weights {
  readonly #kernels: Kernels;
  readonly #store: PackageStore;
  readonly #onBytes: (bytes: number) => void;
  readonly #signal: AbortSignal;
  readonly #owned: [at: number, bytes: number][] = [];

  constructor(kernels: Kernels, store: PackageStore, onBytes: (bytes: number) => void, signal: AbortSignal) {
    this.#kernels = kernels;
    this.#store = store;
    this.#onBytes = onBytes;
    this.#signal = signal;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#store.manifest.tensors, name);
  }

  /** Loads a matrix; all axes after the first count as its columns. */
  async matrix(name: string): Promise<Matrix> {
    const entry = tensorEntry(this.#store, name);
    const weights = await this.#load(await tensorBlob(this.#store, entry), entry.bytes);
    const { quantization } = entry;
    if (quantization === undefined) return { ...floatForm(name, entry), weights, scales: 0 };
    const scales = tensorEntry(this.#store, quantization.scales);
    return {
      ...blockForm(quantization),
      weights,
      scales: await this.#load(await tensorBlob(this.#store, scales), scales.bytes),
    };
  }

  /** Loads all numbers of a tensor as f32. */
  async floats(name: string): Promise<number> {
    const entry = tensorEntry(this.#store, name);
    const bytes = await (await tensorBlob(this.#store, entry)).arrayBuffer();
    this.#read(bytes.byteLength);
    const values = floatsOf(bytes, entry.dtype, name);
    const at = this.#allocate(4 * values.length);
    this.#kernels.floats(at, values.length).set(values);
    return at;
  }

  /** Loads all experts of a layer. */
  async experts(layer: number): Promise<ExpertMatrices> {
    const { at, bytes } = expertLayer(this.#store.manifest, layer);
    const matrices = this.expertForms(layer);
    for (const expert of at.keys()) {
      const address = await this.#load(await expertBlob(this.#store, layer, expert), bytes);
      this.#kernels.ints(matrices.table, at.length)[expert] = address;
    }
    return matrices;
  }

  /**
   * The matrices of a layer's experts without their bytes. The caller writes the bytes, and the addresses of the
   * experts.
   */
  expertForms(layer: number): ExpertMatrices {
    const { at, parts } = expertLayer(this.#store.manifest, layer);
    const matrixOf = (name: 'gate_up' | 'down'): Matrix => {
      const part = partOf(parts, name);
      const { quantization } = part;
      if (quantization === undefined) return { ...floatForm(name, part), weights: part.offset, scales: 0 };
      const scales = partOf(parts, `${name}.scales`).offset;
      return { ...blockForm(quantization), weights: part.offset, scales };
    };
    return { table: this.#allocate(4 * at.length), gateUp: matrixOf('gate_up'), down: matrixOf('down') };
  }

  dispose(): void {
    for (const [at, bytes] of this.#owned.splice(0)) this.#kernels.arena.free(at, bytes);
  }

  async #load(blob: Blob, bytes: number): Promise<number> {
    const at = this.#allocate(bytes);
    for (let from = 0; from < bytes; from += READ_BYTES) {
      const part = await blob.slice(from, Math.min(bytes, from + READ_BYTES)).arrayBuffer();
      this.#read(part.byteLength);
      this.#kernels.bytes(at + from, part.byteLength).set(new Uint8Array(part));
    }
    return at;
  }

  #allocate(bytes: number): number {
    const at = this.#kernels.arena.allocate(bytes);
    this.#owned.push([at, bytes]);
    return at;
  }

  #read(bytes: number): void {
    this.#signal.throwIfAborted();
    this.#onBytes(bytes);
  }
}

function floatForm(name: string, { dtype, shape }: Pick<TensorEntry, 'dtype' | 'shape'>): MatrixForm {
  const [outputs, ...rest] = shape;
  if (outputs === undefined || rest.length === 0 || dtype === 'U8') {
    fail('bad-manifest', `Tensor "${name}" is not a matrix of numbers.`);
  }
  const columns = rest.reduce((product, each) => product * each, 1);
  return { kind: WEIGHT_KINDS[dtype], block: 0, outputs, columns, packedBits: 0 };
}

/** Products read packed rows only if the weights' blocks are as long as the blocks of packed rows. */
function blockForm({
  bits,
  block,
  rows,
  columns,
}: {
  bits: 4 | 8;
  block: number;
  rows: number;
  columns: number;
}): MatrixForm {
  const kind = bits === 4 ? WEIGHT_KINDS.blocks4 : WEIGHT_KINDS.blocks8;
  return { kind, block, outputs: rows, columns, packedBits: block === 32 ? bits : 0 };
}

function partOf(parts: readonly ExpertPart[], name: ExpertPart['name']): ExpertPart {
  return parts.find((each) => each.name === name) ?? fail('bad-manifest', `Experts have no part "${name}".`);
}

function floatsOf(bytes: ArrayBuffer, dtype: Dtype, name: string): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes);
  if (dtype === 'F16') return decodeF16(new Uint16Array(bytes));
  if (dtype === 'BF16') return decodeBF16(new Uint16Array(bytes));
  return fail('bad-manifest', `"${name}" holds bytes, not numbers.`);
}
