// Parses the fields that the manifest's entries for arrays have in common: an array's type, shape and size, and its
// quantisation. Checks that the array's bytes lie inside a shard.

import type { Field } from './json-field.ts';
import type { ByteRange, Dtype, Quantization, Shard } from './manifest.ts';

const DTYPES = ['F32', 'F16', 'BF16', 'U8'] as const satisfies readonly Dtype[];
const DTYPE_BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2, U8: 1 };

/** The fields dtype, shape and bytes, which must agree. */
export function parseArray(field: Field): { dtype: Dtype; shape: number[]; bytes: number } {
  const dtype = field.at('dtype').oneOf(DTYPES);
  const shape = field.at('shape').list((axis) => axis.integer());
  const size = field.at('bytes');
  const bytes = size.integer();
  const needed = shape.reduce((product, axis) => product * axis, DTYPE_BYTES[dtype]);
  if (bytes !== needed) size.fail(`must be ${needed} for ${dtype} [${shape.join(', ')}], not ${bytes}`);
  return { dtype, shape, bytes };
}

/** The layout of a quantised array, whose own type must be U8. */
export function parseQuantization(field: Field, dtype: Dtype): Omit<Quantization, 'scales'> {
  const bits = field.at('bits').oneOf([4, 8]);
  const block = field.at('block').integer(16, 256);
  if ((block & (block - 1)) !== 0) field.at('block').fail(`must be a power of two, not ${block}`);
  if (dtype !== 'U8') field.fail(`is of an array of ${dtype}, not U8`);
  return { bits, block, rows: field.at('rows').integer(1), columns: field.at('columns').integer(1) };
}

export function parseRange(field: Field, shards: Shard[]): ByteRange {
  const shard = parseShardIndex(field.at('shard'), shards);
  const range = { shard, offset: field.at('offset').integer(8), bytes: field.at('bytes').integer(1) };
  requireInside(field.at('offset'), range, shards);
  return range;
}

export function parseShardIndex(field: Field, shards: Shard[]): number {
  return field.integer(0, shards.length - 1);
}

export function requireInside(field: Field, range: ByteRange, shards: Shard[]): void {
  const length = shards[range.shard]?.bytes ?? 0;
  if (range.offset + range.bytes > length) {
    field.fail(`and its ${range.bytes} bytes reach beyond shard ${range.shard}, which has ${length}`);
  }
}

/** Fails unless an array begins at a multiple of its element size, because numbers are read in place. */
export function requireAligned(field: Field, offset: number, dtype: Dtype): void {
  if (offset % DTYPE_BYTES[dtype] !== 0) field.fail(`is ${offset}, not a multiple of ${DTYPE_BYTES[dtype]}`);
}

export function requireShape(field: Field, shape: number[], needed: number[]): void {
  if (shape.join() !== needed.join()) {
    field.fail(`must have the shape [${needed.join(', ')}], not [${shape.join(', ')}]`);
  }
}
