// The only parser of stored media.

import type { Field } from '../../format/json-field.ts';
import { visibleText } from '../../format/visible-text.ts';
import { parseOptional, parsePart } from './parse-part.ts';
import type { SavedItem } from './open-media.ts';

export function parseItem(field: Field): SavedItem {
  return {
    id: field.at('id').string(),
    name: visibleText(field.at('name').string()),
    file: parseBlob(field.at('file')),
    preview: parseBlob(field.at('preview')),
    width: field.at('width').integer(1),
    height: field.at('height').integer(1),
    clipSeconds: field.optional('clipSeconds')?.number() ?? null,
    part: parseOptional(field, 'part', parsePart),
  };
}

export function parseBlob(field: Field): Blob {
  return field.value instanceof Blob ? field.value : field.fail('must be a Blob');
}
