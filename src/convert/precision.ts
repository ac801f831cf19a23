// The precision plans, as data: the stored form of each kind of tensor.

import type { Dtype } from '../format/manifest.ts';
import type { BlockFormat } from '../format/blocks.ts';
import { copiedFormat } from './copied-format.ts';
import type { WeightType } from './matrix.ts';
import type { TensorClass } from './model-tensors.ts';

/**
 * `keep`: the checkpoint's own type, or its own blocks if a package can hold them. FP8 and other blocks become F32, because
 * no smaller type can hold value · scale.
 */
export type Precision = 'keep' | 'F32' | 'F16' | BlockFormat;
export type PrecisionPlan = Record<TensorClass, Precision>;
export type PresetName = 'exact' | '8-bit' | 'balanced' | 'small';

const INT4: BlockFormat = { bits: 4, block: 32 };
const INT8: BlockFormat = { bits: 8, block: 32 };

export const PRESETS: Record<PresetName, PrecisionPlan> = {
  exact: {
    embedding: 'keep',
    'tied embedding': 'keep',
    head: 'keep',
    attention: 'keep',
    mlp: 'keep',
    experts: 'keep',
    router: 'keep',
    norm: 'keep',
    'vision linear': 'keep',
    'vision merger': 'keep',
    'patch embedding': 'keep',
    'position table': 'keep',
    'vision bias and norm': 'keep',
  },
  '8-bit': {
    embedding: INT8,
    'tied embedding': INT8,
    head: INT8,
    attention: INT8,
    mlp: INT8,
    experts: INT8,
    router: 'keep',
    norm: 'F32',
    'vision linear': 'F16',
    'vision merger': 'F16',
    'patch embedding': 'keep',
    'position table': 'F32',
    'vision bias and norm': 'F32',
  },
  balanced: {
    embedding: INT8,
    'tied embedding': INT8,
    head: INT8,
    attention: INT4,
    mlp: INT4,
    experts: INT4,
    // A quantised router would choose other experts, and quantising it would save only a thousandth of the model.
    router: 'F16',
    norm: 'F32',
    'vision linear': 'F16',
    'vision merger': 'F16',
    'patch embedding': 'F16',
    // The table is small, and the encoder interpolates it in f32; quantising it is known to ruin answers.
    'position table': 'F32',
    'vision bias and norm': 'F32',
  },
  small: {
    embedding: INT4,
    // In these models one table is both the embedding and the head, and a head of 4 bits costs accuracy.
    'tied embedding': INT8,
    head: INT4,
    attention: INT4,
    mlp: INT4,
    experts: INT4,
    router: 'F16',
    norm: 'F32',
    'vision linear': INT8,
    'vision merger': INT8,
    'patch embedding': 'F16',
    'position table': 'F32',
    'vision bias and norm': 'F32',
  },
};

/** The tensors that the engine multiplies or looks up as blocks; it reads all others as floats. */
const TAKES_BLOCKS: ReadonlySet<TensorClass> = new Set<TensorClass>([
  ...(['embedding', 'tied embedding', 'head'] as const),
  ...(['attention', 'mlp', 'experts', 'vision linear', 'vision merger'] as const),
]);

/** The stored form of a tensor. It follows from the precision and from the tensor's type and shape. */
export type Storage = { kind: 'float'; dtype: Exclude<Dtype, 'U8'> } | ({ kind: 'blocks' } & BlockFormat);

/**
 * Stored form of a matrix of `columns` columns. A `wide` tensor holds values beyond F16 and stays F32. If the plan's
 * block does not divide the columns, the matrix gets blocks of 16, if these divide the columns, or a padded last block,
 * whichever takes fewer bytes. Examples: 48 columns get blocks of 16; the 4304 columns of the vision encoder get
 * padding.
 */
export function matrixStorage(
  kind: TensorClass,
  precision: Precision,
  source: WeightType,
  columns: number,
  wide: boolean,
): Storage {
  const copied = mayCopy(kind, precision, source, wide);
  if (copied) return { kind: 'blocks', ...copied };
  if (typeof precision === 'string') return { kind: 'float', dtype: floatType(precision, source, wide) };
  if (wide) return { kind: 'float', dtype: 'F32' };
  const { bits, block } = precision;
  const rowBytes = (size: number) => Math.ceil(columns / size) * ((size * bits) / 8 + 2);
  const finer = columns % block !== 0 && columns % 16 === 0 && rowBytes(16) < rowBytes(block);
  return { kind: 'blocks', bits, block: finer ? 16 : block };
}

/**
 * Stored form of experts whose two matrices have `hidden` and `inner` columns. The mixture operator takes one block
 * size for both matrices, and no padding. If no block size fits, experts stay at 16 bits.
 */
export function expertStorage(
  precision: Precision,
  source: WeightType,
  hidden: number,
  inner: number,
  wide: boolean,
): Storage {
  const copied = mayCopy('experts', precision, source, wide);
  if (copied) return { kind: 'blocks', ...copied };
  if (typeof precision === 'string') return { kind: 'float', dtype: floatType(precision, source, wide) };
  if (wide) return { kind: 'float', dtype: 'F32' };
  const { bits } = precision;
  const block = [precision.block, 16].find((size) => hidden % size === 0 && inner % size === 0);
  return block ? { kind: 'blocks', bits, block } : { kind: 'float', dtype: 'F16' };
}

/**
 * Returns the format of the checkpoint's own blocks if they are to be copied: a package can hold them, and the plan asks
 * for at least as many bits. Copied blocks have the same numbers in fewer bytes, and quantising them again would cost
 * accuracy.
 */
function mayCopy(
  kind: TensorClass,
  precision: Precision,
  source: WeightType,
  wide: boolean,
): BlockFormat | undefined {
  const copied = TAKES_BLOCKS.has(kind) ? copiedFormat(source) : undefined;
  if (wide || precision === 'F32' || copied === undefined) return undefined;
  return typeof precision === 'string' || precision.bits >= copied.bits ? copied : undefined;
}

function floatType(
  precision: 'keep' | 'F32' | 'F16',
  source: WeightType,
  wide: boolean,
): 'F32' | 'F16' | 'BF16' {
  if (precision === 'F16') return wide ? 'F32' : 'F16';
  if (precision === 'keep' && (source === 'F16' || source === 'BF16')) return source;
  return 'F32';
}
