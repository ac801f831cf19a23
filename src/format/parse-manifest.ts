// The one parser of manifest.json: everything that reads a package goes through it and may then
// trust the numbers. Every complaint names the field that is wrong.

import { fail } from '../failure.ts';
import { Field } from './json-field.ts';
import {
  MANIFEST_FILE,
  MANIFEST_VERSION,
  MAX_SHARD_BYTES,
  tensorRanges,
  type ByteRange,
  type Dtype,
  type ExpertLayer,
  type ExpertPart,
  type Manifest,
  type Quantization,
  type Shard,
  type SideFile,
  type TensorEntry,
} from './manifest.ts';

const DTYPES = ['F32', 'F16', 'BF16', 'U8'] as const satisfies readonly Dtype[];
const DTYPE_BYTES: Record<Dtype, number> = { F32: 4, F16: 2, BF16: 2, U8: 1 };
const PARTS = ['gate_up', 'gate_up.scales', 'down', 'down.scales'] as const satisfies ExpertPart['name'][];

/** Fails with 'bad-manifest', or with 'newer-format' for a package of a later version of the app. */
export function parseManifest(json: unknown): Manifest {
  const root = new Field(json, `${MANIFEST_FILE}: `, 'bad-manifest');
  const format = root.at('format').oneOf(['darkroom-package']);
  const version = root.at('version').integer(1);
  if (version > MANIFEST_VERSION) {
    fail('newer-format', `The package has format ${version}; this app reads up to ${MANIFEST_VERSION}.`);
  }
  const shards = root.at('shards').items().map(parseShard);
  const tensors = root.at('tensors').members();
  const parsed = tensors.map(([name, field]) => [name, parseTensor(field, shards)] as const);
  const manifest: Manifest = {
    format,
    version,
    preset: root.at('preset').string(),
    files: root.at('files').items().map(parseSideFile),
    shards,
    tensors: Object.fromEntries(parsed),
    experts: root
      .at('experts')
      .items()
      .map((field) => parseExperts(field, shards)),
  };
  for (const [name, field] of tensors) checkScales(manifest, name, field);
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
  const dtype = field.at('dtype').oneOf(DTYPES);
  const shape = field
    .at('shape')
    .items()
    .map((axis) => axis.integer());
  const entry: TensorEntry = {
    dtype,
    shape,
    shard: field.at('shard').integer(0, shards.length - 1),
    offset: field.at('offset').integer(8),
    bytes: exactBytes(field.at('bytes'), dtype, shape),
  };
  const rest = field
    .optional('rest')
    ?.items()
    .map((range) => parseRange(range, shards));
  if (rest) entry.rest = rest;
  const [first] = tensorRanges(entry);
  if (first && first.bytes < 0) field.at('rest').fail('holds more bytes than the whole tensor');
  if (first) checkInside(field.at('offset'), first, shards);
  const quantization = field.optional('quantization');
  if (quantization) {
    if (dtype !== 'U8') field.at('dtype').fail('of a quantised tensor must be U8');
    const layout = parseLayout(quantization);
    const blocks = Math.ceil(layout.columns / layout.block);
    sameShape(field.at('shape'), shape, [layout.rows, blocks, (layout.block * layout.bits) / 8]);
    entry.quantization = { ...layout, scales: quantization.at('scales').string() };
  }
  return entry;
}

function parseRange(field: Field, shards: Shard[]): ByteRange {
  const range = {
    shard: field.at('shard').integer(0, shards.length - 1),
    offset: field.at('offset').integer(8),
    bytes: field.at('bytes').integer(1),
  };
  checkInside(field.at('offset'), range, shards);
  return range;
}

function checkInside(field: Field, range: ByteRange, shards: Shard[]): void {
  const length = shards[range.shard]?.bytes ?? 0;
  if (range.offset + range.bytes > length) {
    field.fail(`and its ${range.bytes} bytes reach beyond shard ${range.shard}, which has ${length}`);
  }
}

function parseLayout(field: Field): Omit<Quantization, 'scales'> {
  const bits = field.at('bits').oneOf([4, 8]);
  const block = field.at('block').integer(16, 256);
  if ((block & (block - 1)) !== 0) field.at('block').fail(`must be a power of two, not ${block}`);
  return { bits, block, rows: field.at('rows').integer(1), columns: field.at('columns').integer(1) };
}

function parseExperts(field: Field, shards: Shard[]): ExpertLayer {
  const parts = field.at('parts').items();
  const experts: ExpertLayer = {
    layer: field.at('layer').integer(),
    bytes: field.at('bytes').integer(1),
    parts: parts.map(parsePart),
    at: field
      .at('at')
      .items()
      .map((place) => parsePlace(place, shards)),
  };
  checkParts(field, experts);
  checkPlaces(field, experts, shards);
  return experts;
}

function parsePlace(field: Field, shards: Shard[]): [shard: number, offset: number] {
  const [shard, offset] = field.items(2);
  if (!shard || !offset) field.fail('must be a pair');
  return [shard.integer(0, shards.length - 1), offset.integer(8)];
}

function parsePart(field: Field): ExpertPart {
  const dtype = field.at('dtype').oneOf(DTYPES);
  const shape = field
    .at('shape')
    .items()
    .map((axis) => axis.integer(1));
  const part: ExpertPart = {
    name: field.at('name').oneOf(PARTS),
    dtype,
    shape,
    offset: field.at('offset').integer(),
    bytes: exactBytes(field.at('bytes'), dtype, shape),
  };
  const quantization = field.optional('quantization');
  if (quantization) {
    if (dtype !== 'U8') field.at('dtype').fail('of a quantised part must be U8');
    const layout = parseLayout(quantization);
    if (layout.columns % layout.block !== 0) {
      quantization.at('columns').fail(`must be a multiple of the block, ${layout.block}`);
    }
    sameShape(field.at('shape'), shape, [layout.rows, (layout.columns * layout.bits) / 8]);
    part.quantization = layout;
  }
  return part;
}

/** Parts follow one another without a gap, and each quantised part is followed by its scales. */
function checkParts(field: Field, experts: ExpertLayer): void {
  let end = 0;
  experts.parts.forEach((part, index) => {
    const here = field.at('parts').items()[index];
    if (part.offset !== end) here?.at('offset').fail(`must be ${end}, where the part before it ends`);
    end += part.bytes;
  });
  if (end !== experts.bytes) field.at('bytes').fail(`must be ${end}, the sum of the parts`);
  const quantized = experts.parts.some((part) => part.quantization);
  const names = quantized ? PARTS : PARTS.filter((name) => !name.endsWith('.scales'));
  if (experts.parts.map((part) => part.name).join() !== names.join()) {
    field.at('parts').fail(`must be ${names.join(', ')}, in this order`);
  }
  experts.parts.forEach((part, index) => {
    const scales = experts.parts[index + 1];
    if (!quantized || index % 2 === 1 || !scales) return;
    const parts = field.at('parts').items();
    const { quantization } = part;
    if (!quantization) parts[index]?.at('quantization');
    else if (scales.dtype !== 'F16') parts[index + 1]?.at('dtype').fail('of scales must be F16');
    else {
      const shape = parts[index + 1]?.at('shape');
      if (shape)
        sameShape(shape, scales.shape, [quantization.rows, quantization.columns / quantization.block]);
    }
  });
}

/** Every expert lies inside its shard, and no two overlap. */
function checkPlaces(field: Field, experts: ExpertLayer, shards: Shard[]): void {
  const places = field.at('at').items();
  const order = experts.at.map((at, expert) => ({ shard: at[0], offset: at[1], field: places[expert] }));
  for (const { shard, offset, field: place } of order) {
    if (place) checkInside(place, { shard, offset, bytes: experts.bytes }, shards);
  }
  order.sort((a, b) => a.shard - b.shard || a.offset - b.offset);
  order.forEach((place, index) => {
    const before = order[index - 1];
    if (before && before.shard === place.shard && before.offset + experts.bytes > place.offset) {
      place.field?.fail('overlaps another expert');
    }
  });
}

function checkScales(manifest: Manifest, name: string, field: Field): void {
  const quantization = manifest.tensors[name]?.quantization;
  if (!quantization) return;
  const { scales, rows, columns, block } = quantization;
  const entry = Object.hasOwn(manifest.tensors, scales) ? manifest.tensors[scales] : undefined;
  const named: Field = field.at('quantization').at('scales');
  if (!entry) named.fail(`names the tensor ${JSON.stringify(scales)}, which is not there`);
  if (entry.dtype !== 'F16') named.fail(`names a tensor of ${entry.dtype}, not F16`);
  sameShape(named, entry.shape, [rows, Math.ceil(columns / block)]);
}

function exactBytes(field: Field, dtype: Dtype, shape: number[]): number {
  const bytes = field.integer();
  const needed = shape.reduce((product, axis) => product * axis, DTYPE_BYTES[dtype]);
  if (bytes !== needed) field.fail(`must be ${needed} for ${dtype} [${shape.join(', ')}], not ${bytes}`);
  return bytes;
}

function sameShape(field: Field, shape: number[], needed: number[]): void {
  if (shape.join() !== needed.join()) {
    field.fail(`must have the shape [${needed.join(', ')}], not [${shape.join(', ')}]`);
  }
}
