// Parses the part of a manifest that gives the places of one layer's experts.

import type { Field } from './json-field.ts';
import type { ExpertLayer, ExpertPart, Shard } from './manifest.ts';
import {
  parseArray,
  parseQuantization,
  parseShardIndex,
  requireAligned,
  requireInside,
  requireShape,
} from './parse-array.ts';

const QUANTIZED_PARTS = ['gate_up', 'gate_up.scales', 'down', 'down.scales'] as const;
const PLAIN_PARTS = ['gate_up', 'down'] as const;

export function parseExperts(field: Field, shards: Shard[]): ExpertLayer {
  const experts: ExpertLayer = {
    layer: field.at('layer').integer(),
    bytes: field.at('bytes').integer(1),
    parts: parseParts(field.at('parts')),
    at: field.at('at').list((place) => parsePlace(place, shards)),
  };
  const sum = experts.parts.reduce((total, part) => total + part.bytes, 0);
  if (sum !== experts.bytes) field.at('bytes').fail(`must be ${sum}, the sum of the parts`);
  requirePlaces(field.at('at').items(), experts, shards);
  return experts;
}

function parsePlace(field: Field, shards: Shard[]): [shard: number, offset: number] {
  const [shard, offset] = field.items(2);
  if (!shard || !offset) field.fail('must be a pair');
  return [parseShardIndex(shard, shards), offset.integer(8)];
}

/** Requires that parts follow one another without a gap, and that a quantised part is followed by its scales. */
function parseParts(field: Field): ExpertPart[] {
  const items = field.items();
  const parts: ExpertPart[] = [];
  let end = 0;
  for (const item of items) {
    const part = parsePart(item, parts.at(-1));
    if (part.offset !== end) item.at('offset').fail(`must be ${end}, where the part before it ends`);
    end += part.bytes;
    parts.push(part);
  }
  const names = parts.some((part) => part.quantization) ? QUANTIZED_PARTS : PLAIN_PARTS;
  if (parts.map((part) => part.name).join() !== names.join()) {
    field.fail(`must be ${names.join(', ')}, in this order`);
  }
  const plain = items.find(
    (_, index) => names.length === 4 && index % 2 === 0 && !parts[index]?.quantization,
  );
  plain?.fail('must be quantised like the others');
  return parts;
}

function parsePart(field: Field, before: ExpertPart | undefined): ExpertPart {
  const part: ExpertPart = {
    name: field.at('name').oneOf(QUANTIZED_PARTS),
    ...parseArray(field),
    offset: field.at('offset').integer(),
  };
  requireAligned(field.at('offset'), part.offset, part.dtype);
  const quantization = field.optional('quantization');
  if (quantization) {
    const { rows, columns, bits, block } = (part.quantization = parseQuantization(quantization, part.dtype));
    if (columns % block !== 0) quantization.at('columns').fail(`must be a multiple of the block, ${block}`);
    requireShape(field.at('shape'), part.shape, [rows, (columns * bits) / 8]);
  } else if (before?.quantization && part.name === `${before.name}.scales`) {
    const { rows, columns, block } = before.quantization;
    if (part.dtype !== 'F16') field.at('dtype').fail('of scales must be F16');
    requireShape(field.at('shape'), part.shape, [rows, columns / block]);
  }
  return part;
}

/** Requires that every expert lies inside its shard, and that no two overlap. */
function requirePlaces(fields: Field[], { at, bytes }: ExpertLayer, shards: Shard[]): void {
  const places = at.map(([shard, offset], expert) => ({
    range: { shard, offset, bytes },
    field: fields[expert],
  }));
  for (const { range, field } of places) if (field) requireInside(field, range, shards);
  places.sort((a, b) => a.range.shard - b.range.shard || a.range.offset - b.range.offset);
  places.forEach(({ range, field }, index) => {
    const before = places[index - 1]?.range;
    if (before?.shard === range.shard && before.offset + bytes > range.offset)
      field?.fail('overlaps another expert');
  });
}
