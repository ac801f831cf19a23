// Parses and writes the header of a safetensors file. Such a file consists of eight bytes of length (little-endian),
// JSON, and the data of all tensors without gaps. Format: github.com/huggingface/safetensors. Reads no tensor data.

import { fail } from '../failure.ts';
import { Field, parseJson } from './json-field.ts';

/** The element types that checkpoints of this family use. If a checkpoint has another type, the failure names it. */
export const ELEMENT_BYTES = { F32: 4, F16: 2, BF16: 2, U8: 1, F8_E4M3: 1 } as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

/** The size limit of the format itself for a header. */
const MAX_HEADER_BYTES = 100_000_000;
const LENGTH_BYTES = 8;

/** One tensor of a file: bytes `start` to `end` of the file itself. */
export interface HeaderEntry {
  name: string;
  dtype: string;
  shape: number[];
  start: number;
  end: number;
}

/**
 * The length of the JSON header, read from the first eight bytes of a file of `fileBytes`. Fails with 'bad-checkpoint'
 * if the file cannot be a safetensors file.
 */
export function headerLength(head: Uint8Array, fileBytes: number, file: string): number {
  if (head.byteLength < LENGTH_BYTES) fail('bad-checkpoint', `${file} is too short for a safetensors file.`);
  const view = new DataView(head.buffer, head.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  if (length < 2 || length > MAX_HEADER_BYTES) {
    fail('bad-checkpoint', `${file} is not a safetensors file: its header would have ${length} bytes.`);
  }
  if (LENGTH_BYTES + length > fileBytes) {
    fail('bad-checkpoint', `${file} is truncated: it ends inside its header.`);
  }
  return length;
}

/**
 * Parses a JSON header (`json`, without the eight bytes before it) to the tensors of the file, in the order of their
 * bytes. Fails with 'bad-checkpoint', naming the tensor, when ranges overlap, leave a hole, leave the file or disagree
 * with the shape.
 */
export function parseHeader(json: Uint8Array, fileBytes: number, file: string): HeaderEntry[] {
  const text = new TextDecoder().decode(json);
  const root = new Field(
    parseJson(text, `${file}: the header`, 'bad-checkpoint'),
    `${file}: `,
    'bad-checkpoint',
  );
  const dataStart = LENGTH_BYTES + json.byteLength;
  const entries = root
    .members()
    .filter(([name]) => name !== '__metadata__')
    .map(([name, field]) => parseEntry(name, field, dataStart, fileBytes));
  // An empty tensor comes before another one with the same start, so that the two do not seem to overlap.
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const entry of entries) {
    if (entry.start < end) fail('bad-checkpoint', `${file}: ${entry.name} overlaps the tensor before it.`);
    if (entry.start > end) fail('bad-checkpoint', `${file}: there is a hole before ${entry.name}.`);
    end = entry.end;
  }
  if (end !== fileBytes) {
    fail('bad-checkpoint', `${file} has ${fileBytes - end} bytes after its last tensor.`);
  }
  return entries;
}

function parseEntry(name: string, field: Field, dataStart: number, fileBytes: number): HeaderEntry {
  const dtype = field.at('dtype').string();
  const shape = field.at('shape').list((axis) => axis.integer());
  const offsets: Field = field.at('data_offsets');
  const [begin, end] = offsets.items(2).map((offset) => offset.integer());
  if (begin === undefined || end === undefined || end < begin) offsets.fail('runs backwards');
  if (dataStart + end > fileBytes) {
    field.fail(`ends at byte ${dataStart + end} of a file of ${fileBytes}; the file is truncated`);
  }
  if (isElementType(dtype)) {
    const bytes = shape.reduce((product, axis) => product * axis, ELEMENT_BYTES[dtype]);
    if (bytes !== end - begin)
      field.fail(`has ${end - begin} bytes, but ${dtype} [${shape.join(', ')}] needs ${bytes}`);
  }
  return { name, dtype, shape, start: dataStart + begin, end: dataStart + end };
}

export function isElementType(dtype: string): dtype is ElementType {
  return Object.hasOwn(ELEMENT_BYTES, dtype);
}

/** A tensor to write: its bytes follow those of the previous tensor. */
export interface NewEntry {
  name: string;
  dtype: ElementType;
  shape: number[];
  bytes: number;
}

/**
 * The first bytes of a file whose tensors are `entries`, in the given order: the length of the JSON, then the JSON,
 * padded with spaces so that the tensors' data begins at a multiple of 16.
 */
export function writeHeader(entries: NewEntry[]): Uint8Array {
  let end = 0;
  const members = entries.map(({ name, dtype, shape, bytes }) => {
    const start = end;
    end += bytes;
    return [name, { dtype, shape, data_offsets: [start, end] }] as const;
  });
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(members)));
  const dataStart = Math.ceil((LENGTH_BYTES + json.byteLength) / 16) * 16;
  const head = new Uint8Array(dataStart).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(dataStart - LENGTH_BYTES), true);
  head.set(json, LENGTH_BYTES);
  return head;
}
