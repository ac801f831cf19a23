// Checks a checkpoint against the model that its config describes: every tensor exists, once, with its shape,
// and FP8 tensors have their block scales. Tensors that the model does not use are reported, not refused.

import { fail } from '../failure.ts';
import { Field } from '../format/json-field.ts';
import type { StoredTensor } from './checkpoint.ts';
import { matrixOf, type Matrix } from './matrix.ts';

/** Rows and columns of the block that shares one FP8 scale; undefined in checkpoints that are not FP8. */
export type ScaleBlock = [rows: number, columns: number] | undefined;

/** Matches tensors that the reference itself ignores: rotary frequencies that old versions saved. */
const HARMLESS = /\.rotary(_pos)?_emb\.(original_)?inv_freq$/;

/** Reads weight_block_size from config.json's quantization_config. Fails for other methods than FP8. */
export function parseScaleBlock(config: unknown): ScaleBlock {
  const root = new Field(config, 'config.json: ', 'bad-checkpoint');
  const quantization = root.optional('quantization_config');
  if (!quantization) return undefined;
  const method: Field = quantization.at('quant_method');
  if (method.string() !== 'fp8') {
    method.fail(`is "${method.string()}"; convert the original checkpoint, or an official FP8 one`);
  }
  const size = quantization
    .optional('weight_block_size')
    ?.items(2)
    .map((axis) => axis.integer(1));
  return [size?.[0] ?? 128, size?.[1] ?? 128];
}

/** Looks up a checkpoint's tensors, and records which of them were requested. */
export class Binder {
  readonly #tensors: Map<string, StoredTensor>;
  readonly #block: ScaleBlock;
  readonly #used = new Set<string>();

  constructor(tensors: Map<string, StoredTensor>, block: ScaleBlock) {
    this.#tensors = tensors;
    this.#block = block;
  }

  has(name: string): boolean {
    return this.#tensors.has(name);
  }

  /** Returns a tensor, which must exist. */
  tensor(name: string): StoredTensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) fail('bad-checkpoint', `The checkpoint lacks the tensor ${name}.`);
    this.#used.add(name);
    return tensor;
  }

  /** Returns a tensor of exactly this shape as a matrix of `rows` rows, with its FP8 scale if it has one. */
  matrix(name: string, shape: number[], rows: number, columns: number): Matrix {
    const tensor = this.tensor(name);
    requireShape(tensor, [shape]);
    return this.slice(tensor, rows, columns);
  }

  /** Returns matrix number `index` of a tensor that is a matrix or a stack of matrices. */
  slice(tensor: StoredTensor, rows: number, columns: number, index = 0): Matrix {
    const matrix = matrixOf(tensor, rows, columns, index);
    if (matrix.dtype !== 'F8_E4M3') return matrix;
    const name = `${tensor.name}_scale_inv`;
    if (!this.has(name))
      fail('bad-checkpoint', `The FP8 tensor ${tensor.name} has no block scales (${name}).`);
    const scale = this.tensor(name);
    const [blockRows, blockColumns] = this.#block ?? [128, 128];
    const blocks = [Math.ceil(rows / blockRows), Math.ceil(columns / blockColumns)] as const;
    requireShape(scale, [[...tensor.shape.slice(0, -2), ...blocks]]);
    return { ...matrix, scale: { matrix: matrixOf(scale, ...blocks, index), blockRows, blockColumns } };
  }

  /** The names of tensors that were never requested, except those that the reference ignores. */
  unused(): string[] {
    return [...this.#tensors.keys()].filter((name) => !this.#used.has(name) && !HARMLESS.test(name));
  }
}

/** Fails, naming the tensor, unless its shape is one of `shapes`. */
export function requireShape(tensor: StoredTensor, shapes: number[][]): void {
  if (shapes.some((shape) => shape.join() === tensor.shape.join())) return;
  const wanted = shapes.map((shape) => `[${shape.join(', ')}]`).join(' or ');
  fail(
    'bad-checkpoint',
    `Tensor ${tensor.name} has the shape [${tensor.shape.join(', ')}]; the config asks for ${wanted}.`,
  );
}
