// A package consists of the checkpoint's own side files, of shards (safetensors files), and of this manifest, which
// gives the place of each tensor and each expert in the shards. The parser is in parse-manifest.ts.

import { fail } from '../failure.ts';

/** Version of the manifest's layout. A reader refuses a larger one with 'newer-format'. */
export const MANIFEST_VERSION = 1;
export const MANIFEST_FILE = 'manifest.json';
export const MAX_SHARD_BYTES = 64 * 1024 * 1024;

export type Dtype = 'F32' | 'F16' | 'BF16' | 'U8';

export interface Manifest {
  format: 'darkroom-package';
  version: number;
  /** The name of the precision plan with which the package was written, to be shown to people. */
  preset: string;
  /** The checkpoint's own files (config.json, tokenizer.json, …), byte for byte. */
  files: SideFile[];
  shards: Shard[];
  /** All tensors except experts, by their names in the checkpoint. */
  tensors: Record<string, TensorEntry>;
  /** One entry per MoE layer, in layer order; empty for dense models. */
  experts: ExpertLayer[];
}

export interface SideFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** A safetensors file named `${sha256}.safetensors`, at most MAX_SHARD_BYTES long. */
export interface Shard {
  sha256: string;
  bytes: number;
}

/** A range of bytes in one shard; `offset` counts from the first byte of the file (header included). */
export interface ByteRange {
  shard: number;
  offset: number;
  bytes: number;
}

/** One stored array. Read it through read-package.ts, which joins the ranges. */
export interface TensorEntry {
  dtype: Dtype;
  /** Shape of the stored array; for quantised blocks see Quantization. */
  shape: number[];
  /** The place where the array begins. */
  shard: number;
  offset: number;
  /** Bytes of the whole array, `rest` included. */
  bytes: number;
  /** The places where the array continues, in order: an array larger than a shard is cut between rows (axis 0). */
  rest?: ByteRange[];
  quantization?: Quantization;
}

/**
 * A matrix W (rows, columns), stored as unsigned blocks along its columns, in the layout of the MatMulNBits operator.
 * The data are U8 (rows, blocks, block·bits/8), low nibble first. value = (q − zero) · scale, with the implicit zero
 * point 2^(bits−1). If the columns do not fill the last block, it is padded with the zero point.
 */
export interface Quantization {
  bits: 4 | 8;
  block: number;
  /** Shape of W. */
  rows: number;
  columns: number;
  /** The F16 tensor of scales (rows, blocks): `${name}.scales`. */
  scales: string;
}

/**
 * All experts of one layer. Each expert is one contiguous range of one shard, which holds the parts one after the other
 * in the order of `parts`. All experts have the same layout, so that one read loads one expert.
 */
export interface ExpertLayer {
  layer: number;
  /** Bytes of one expert: the sum of its parts. */
  bytes: number;
  parts: ExpertPart[];
  /** The place where expert e begins: [shard, first byte within the shard file]. */
  at: [shard: number, offset: number][];
}

/**
 * gate_up is (2·I, H). Row 2i is gate row i, and row 2i+1 is up row i; the fused SwiGLU of the mixture operators reads
 * this order. down is (H, I). Quantised parts are U8 (rows, columns·bits/8) with F16 scales (rows, columns/block).
 */
export interface ExpertPart {
  name: 'gate_up' | 'gate_up.scales' | 'down' | 'down.scales';
  dtype: Dtype;
  shape: number[];
  /** The first byte of the part within the expert. */
  offset: number;
  bytes: number;
  quantization?: Omit<Quantization, 'scales'>;
}

export function shardFile(shard: Shard): string {
  return `${shard.sha256}.safetensors`;
}

/** The ranges of bytes that make up an array, in order; their sizes add up to `entry.bytes`. */
export function tensorRanges(entry: TensorEntry): ByteRange[] {
  const rest = entry.rest ?? [];
  const inRest = rest.reduce((sum, range) => sum + range.bytes, 0);
  return [{ shard: entry.shard, offset: entry.offset, bytes: entry.bytes - inRest }, ...rest];
}

/** Bytes of all weights of a package. */
export function weightBytes({ shards }: Pick<Manifest, 'shards'>): number {
  return shards.reduce((sum, shard) => sum + shard.bytes, 0);
}

/** Bytes of all experts of a package; they are included in weightBytes. */
export function expertBytes({ experts }: Pick<Manifest, 'experts'>): number {
  return experts.reduce((sum, { bytes, at }) => sum + bytes * at.length, 0);
}

/** The experts of decoder layer `layer`. Fails with 'bad-manifest' if the package has none. */
export function expertLayer({ experts }: Pick<Manifest, 'experts'>, layer: number): ExpertLayer {
  const found = experts.find((each) => each.layer === layer);
  return found ?? fail('bad-manifest', `The package has no experts for layer ${layer}.`);
}

/** Fails with 'bad-manifest' if the experts have no such part. */
export function expertPart({ layer, parts }: ExpertLayer, name: ExpertPart['name']): ExpertPart {
  const found = parts.find((each) => each.name === name);
  return found ?? fail('bad-manifest', `The experts of layer ${layer} have no part "${name}".`);
}
