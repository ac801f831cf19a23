// The only parser of manifest.json: all code that reads a package uses it, and may then trust the numbers. Every
// failure names the wrong field.

import { fail } from '../failure.ts';
import { Field } from './json-field.ts';
import {
  MANIFEST_FILE,
  MANIFEST_VERSION,
  MAX_SHARD_BYTES,
  tensorRanges,
  type Manifest,
  type Shard,
  type SideFile,
  type TensorEntry,
} from './manifest.ts';
import {
  parseArray,
  parseQuantization,
  parseRange,
  parseShardIndex,
  requireAligned,
  requireInside,
  requireShape,
} from './parse-array.ts';
import { parseExperts } from './parse-experts.ts';

/** Fails with 'bad-manifest', or with 'newer-format' if a later version of the app wrote the package. */
export function parseManifest(json: unknown): Manifest {
  const root = new Field(json, `${MANIFEST_FILE}: `, 'bad-manifest');
  const format = root.at('format').oneOf(['darkroom-package']);
  const version = root.at('version').integer(1);
  if (version > MANIFEST_VERSION) {
    fail('newer-format', `The package has format ${version}; this app reads up to ${MANIFEST_VERSION}.`);
  }
  const shards = root.at('shards').list(parseShard);
  const tensors = root.at('tensors').members();
  const parsed = tensors.map(([name, field]) => [name, parseTensor(field, shards)] as const);
  const manifest: Manifest = {
    format,
    version,
    preset: root.at('preset').string(),
    files: root.at('files').list(parseSideFile),
    shards,
    tensors: Object.fromEntries(parsed),
    experts: root.at('experts').list((field) => parseExperts(field, shards)),
  };
  for (const [name, field] of tensors) requireScales(manifest, name, field);
  return manifest;
}

function parseSideFile(field: Field): SideFile {
  const name = field.at('name').string();
  if (!/^[\w.-]+$/.test(name) || name.startsWith('.')) field.at('name').fail('must be a plain file name');
  return { name, bytes: field.at('bytes').integer(), sha256: sha256(field.at('sha256')) };
}

function parseShard(field: Field): Shard {
  return { sha256: sha256(field.at('sha256')), bytes: field.at('bytes').integer(8, MAX_SHARD_BYTES) };
}

function sha256(field: Field): string {
  const value = field.string();
  return /^[0-9a-f]{64}$/.test(value) ? value : field.fail('must be 64 lower-case hexadecimal digits');
}

function parseTensor(field: Field, shards: Shard[]): TensorEntry {
  const entry: TensorEntry = {
    ...parseArray(field),
    shard: parseShardIndex(field.at('shard'), shards),
    offset: field.at('offset').integer(8),
  };
  requireAligned(field.at('offset'), entry.offset, entry.dtype);
  const rest = field.optional('rest');
  if (rest) entry.rest = rest.list((range) => parseRange(range, shards));
  const [first] = tensorRanges(entry);
  if (!first || first.bytes < 0) field.at('rest').fail('holds more bytes than the whole tensor');
  else requireInside(field.at('offset'), first, shards);
  const quantization = field.optional('quantization');
  if (quantization) {
    const layout = parseQuantization(quantization, entry.dtype);
    const { rows, columns, bits, block } = layout;
    requireShape(field.at('shape'), entry.shape, [rows, Math.ceil(columns / block), (block * bits) / 8]);
    entry.quantization = { ...layout, scales: quantization.at('scales').string() };
  }
  return entry;
}

/** Requires that the scales of a quantised tensor exist, are F16, and are as many as its blocks. */
function requireScales(manifest: Manifest, name: string, field: Field): void {
  const quantization = manifest.tensors[name]?.quantization;
  if (!quantization) return;
  const { scales, rows, columns, block } = quantization;
  const entry = Object.hasOwn(manifest.tensors, scales) ? manifest.tensors[scales] : undefined;
  const named: Field = field.at('quantization').at('scales');
  if (!entry) named.fail(`names the tensor ${JSON.stringify(scales)}, which is not there`);
  if (entry.dtype !== 'F16') named.fail(`names a tensor of ${entry.dtype}, not F16`);
  requireShape(named, entry.shape, [rows, Math.ceil(columns / block)]);
}
