// Reads the header of a GGUF file: its key-values, and the name, type, shape and place of each tensor. Format: ggml's
// docs/gguf.md. The length of the header is not known beforehand, so it is read in growing parts. Reads no tensor data.

import { fail } from '../../failure.ts';
import { visibleText } from '../visible-text.ts';
import { Cursor, HeaderGoesOn } from './cursor.ts';
import { GGUF_BLOCKS, ggufRowBytes, ggufType, refusedType, type GgufType } from './types.ts';

export type GgufValue = number | boolean | string | number[] | boolean[] | string[];

/** A tensor of the file: bytes `start` to `end`. */
export interface GgufTensor {
  name: string;
  dtype: GgufType;
  /** The shape in row-major order: elements along the last axis are adjacent. */
  shape: number[];
  start: number;
  end: number;
}

export interface GgufHeader {
  keys: Map<string, GgufValue>;
  /** The tensors, in the order of their bytes. */
  tensors: GgufTensor[];
  /** The place at which the data of the tensors begins. */
  dataStart: number;
  /** The bytes before the data. */
  head: Uint8Array<ArrayBuffer>;
}

/** Reads the bytes `start` to `end` of a file, and never fewer. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** The length of the first read, and that of the first two reads together: the header of a published model has 6 MB. */
const FIRST_BYTES = 64 * 1024;
const SECOND_BYTES = 8 * 1024 * 1024;

const MAX_KEYS = 10_000;
const MAX_TENSORS = 100_000;
const MAX_KEY_BYTES = 65_535;
const MAX_NAME_BYTES = 63;
/** The longest string. The longest one in published models is a chat template of some kilobytes. */
const MAX_STRING_BYTES = 16 * 1024 * 1024;
/** The largest number of elements in all arrays together. A vocabulary has 450,000, in three arrays. */
const MAX_ELEMENTS = 1 << 23;
const MAX_ALIGNMENT = 1 << 16;

/** The length in bytes of the shortest value of each type. */
const VALUE_BYTES = [1, 1, 2, 2, 4, 4, 4, 1, 8, 12, 8, 8, 8];
const [BOOL, STRING, ARRAY] = [7, 8, 9];

/** Fails with 'bad-checkpoint', naming the key or tensor, unless the file is valid GGUF of version 2 or 3. */
export async function readGgufHeader(read: ReadRange, fileBytes: number, file: string): Promise<GgufHeader> {
  let bytes = new Uint8Array();
  let wanted = FIRST_BYTES;
  for (;;) {
    const end = Math.min(wanted, fileBytes);
    const more = await read(bytes.byteLength, end);
    const longer = new Uint8Array(end);
    longer.set(bytes);
    longer.set(more, bytes.byteLength);
    bytes = longer;
    try {
      return parseGgufHeader(bytes, fileBytes, file);
    } catch (error) {
      if (!(error instanceof HeaderGoesOn)) throw error;
      wanted = Math.max(error.bytes, wanted < SECOND_BYTES ? SECOND_BYTES : 2 * wanted);
    }
  }
}

/** Parses the header at the beginning of `bytes`. Throws HeaderGoesOn if the bytes end inside the header. */
export function parseGgufHeader(bytes: Uint8Array<ArrayBuffer>, fileBytes: number, file: string): GgufHeader {
  const cursor = new Cursor(bytes, fileBytes, file);
  // "GGUF"
  if (cursor.u32('the file') !== 0x46554747) fail('bad-checkpoint', `${file} is not a GGUF file.`);
  const version = cursor.u32('the version');
  if (version !== 0 && (version & 0xffff) === 0) fail('bad-checkpoint', `${file} is big-endian.`);
  if (version !== 2 && version !== 3) {
    fail('bad-checkpoint', `${file} has version ${version} of GGUF; versions 2 and 3 are read.`);
  }
  const tensorCount = cursor.count('the number of tensors', MAX_TENSORS);
  const keyCount = cursor.count('the number of keys', MAX_KEYS);
  const keys = parseKeys(cursor, keyCount);
  const alignment = parseAlignment(cursor, keys.get('general.alignment'));
  const infos = parseInfos(cursor, tensorCount);
  const dataStart = roundUp(cursor.at, alignment);
  // The padding before the data belongs to the header.
  if (bytes.byteLength < Math.min(dataStart, fileBytes)) throw new HeaderGoesOn(dataStart);
  const tensors = placeTensors(cursor, infos, { dataStart, alignment, fileBytes });
  return { keys, tensors, dataStart, head: bytes.subarray(0, dataStart) };
}

function parseKeys(cursor: Cursor, count: number): Map<string, GgufValue> {
  const keys = new Map<string, GgufValue>();
  const budget = { elements: MAX_ELEMENTS };
  for (let index = 0; index < count; index++) {
    const key = cursor.string(`the name of key ${index}`, MAX_KEY_BYTES);
    const what = `key ${visibleText(key).slice(0, 200)}`;
    if (keys.has(key)) cursor.fail(what, 'is there twice');
    keys.set(key, parseValue(cursor, cursor.u32(what), what, budget));
  }
  return keys;
}

function parseValue(cursor: Cursor, type: number, what: string, budget: { elements: number }): GgufValue {
  if (type !== ARRAY) return parseScalar(cursor, type, what);
  const elementType = cursor.u32(what);
  const size = VALUE_BYTES[elementType];
  if (elementType === ARRAY) cursor.fail(what, 'is an array of arrays');
  if (size === undefined) cursor.fail(what, `has elements of type ${elementType}, which is unknown`);
  const count = cursor.u64(what);
  cursor.requireSpace(count, size, what);
  budget.elements -= count;
  if (budget.elements < 0) cursor.fail(what, `has ${count} elements, which is too many`);
  if (elementType === STRING) {
    const strings: string[] = [];
    for (let i = 0; i < count; i++) strings.push(cursor.string(what, MAX_STRING_BYTES));
    return strings;
  }
  if (elementType === BOOL) {
    const booleans: boolean[] = [];
    for (let i = 0; i < count; i++) booleans.push(parseBoolean(cursor, what));
    return booleans;
  }
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) numbers.push(cursor.number(elementType, what));
  return numbers;
}

function parseScalar(cursor: Cursor, type: number, what: string): number | boolean | string {
  if (type === STRING) return cursor.string(what, MAX_STRING_BYTES);
  if (type === BOOL) return parseBoolean(cursor, what);
  return cursor.number(type, what);
}

function parseBoolean(cursor: Cursor, what: string): boolean {
  const value = cursor.u8(what);
  return value <= 1 ? value === 1 : cursor.fail(what, `has a boolean of value ${value}`);
}

function parseAlignment(cursor: Cursor, value: GgufValue = 32): number {
  const isPower = typeof value === 'number' && value >= 1 && Number.isInteger(Math.log2(value));
  if (!isPower || value > MAX_ALIGNMENT) {
    cursor.fail('key general.alignment', `is ${String(value)}, not a power of two up to ${MAX_ALIGNMENT}`);
  }
  return value;
}

interface TensorInfo extends Pick<GgufTensor, 'name' | 'dtype' | 'shape'> {
  offset: number;
  bytes: number;
}

function parseInfos(cursor: Cursor, count: number): TensorInfo[] {
  const infos: TensorInfo[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index++) {
    const name = cursor.string(`the name of tensor ${index}`, MAX_NAME_BYTES);
    const what = `tensor ${visibleText(name)}`;
    if (names.has(name)) cursor.fail(what, 'is there twice');
    names.add(name);
    infos.push({ name, ...parseShape(cursor, what) });
  }
  return infos;
}

function parseShape(cursor: Cursor, what: string): Omit<TensorInfo, 'name'> {
  const axes = cursor.u32(what);
  if (axes < 1 || axes > 4) cursor.fail(what, `has ${axes} axes, not 1 to 4`);
  const dims = Array.from({ length: axes }, () => cursor.u64(what));
  const elements = dims.reduce((product, axis) => product * axis, 1);
  if (elements === 0) cursor.fail(what, `has an empty shape, [${dims.join(', ')}]`);
  if (elements > Number.MAX_SAFE_INTEGER) cursor.fail(what, `is too large: [${dims.join(', ')}]`);
  const number = cursor.u32(what);
  const dtype = ggufType(number) ?? cursor.fail(what, `is of type ${refusedType(number)}`);
  const columns = dims[0] ?? 0;
  const block = GGUF_BLOCKS[dtype].elements;
  if (columns % block !== 0) {
    cursor.fail(what, `has rows of ${columns} elements, not a multiple of ${block}, the block of ${dtype}`);
  }
  const bytes = ggufRowBytes(dtype, columns) * (elements / columns);
  return { dtype, shape: dims.reverse(), offset: cursor.u64(what), bytes };
}

/**
 * Computes the places of the tensors. They follow one another in the order of the header, each padded to the alignment,
 * up to the end of the file.
 */
function placeTensors(
  cursor: Cursor,
  infos: TensorInfo[],
  { dataStart, alignment, fileBytes }: { dataStart: number; alignment: number; fileBytes: number },
): GgufTensor[] {
  let end = dataStart;
  const tensors = infos.map(({ name, dtype, shape, offset, bytes }) => {
    const what = `tensor ${visibleText(name)}`;
    const expected = roundUp(end, alignment);
    const start = dataStart + offset;
    if (start !== expected) {
      cursor.fail(what, `begins at byte ${start}; the tensor before it ends at ${expected}`);
    }
    end = start + bytes;
    if (end > fileBytes) {
      cursor.fail(what, `ends at byte ${end} of a file of ${fileBytes}; the file is truncated`);
    }
    return { name, dtype, shape, start, end };
  });
  if (fileBytes > roundUp(end, alignment)) {
    fail('bad-checkpoint', `${cursor.file} has ${fileBytes - end} bytes after its last tensor.`);
  }
  return tensors;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
