// The only parser of stored or exported parts of pictures.

import type { Box } from '../../contract/box.ts';
import type { Field } from '../../format/json-field.ts';
import type { Part } from './media-item.ts';

export function parsePart(field: Field): Part {
  const [left, top, right, bottom] = field
    .at('box')
    .items(4)
    .map((side) => side.number());
  const box: Box = [left ?? 0, top ?? 0, right ?? 0, bottom ?? 0];
  return { of: field.at('of').string(), box };
}

export function parseOptional<T>(field: Field, key: string, parse: (field: Field) => T): T | null {
  const value = field.optional(key);
  return value === undefined ? null : parse(value);
}
