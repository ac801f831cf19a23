import { describe, expect, it } from 'vitest';
import { headerLength, parseHeader, writeHeader } from './safetensors.ts';

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

/** Parses a header object as if it headed a file with `dataBytes` of data. */
function parse(header: unknown, dataBytes: number) {
  const json = encode(header);
  return parseHeader(json, 8 + json.byteLength + dataBytes, 'model.safetensors');
}

describe('writeHeader', () => {
  it('is read back by parseHeader, and its data begins at a multiple of 16', () => {
    const head = writeHeader([
      { name: 'a', dtype: 'F32', shape: [2, 3], bytes: 24 },
      { name: 'b', dtype: 'U8', shape: [5], bytes: 5 },
    ]);
    expect(head.byteLength % 16).toBe(0);
    const fileBytes = head.byteLength + 29;
    expect(headerLength(head, fileBytes, 'x')).toBe(head.byteLength - 8);
    const start = head.byteLength;
    expect(parseHeader(head.subarray(8), fileBytes, 'x')).toEqual([
      { name: 'a', dtype: 'F32', shape: [2, 3], start, end: start + 24 },
      { name: 'b', dtype: 'U8', shape: [5], start: start + 24, end: start + 29 },
    ]);
  });
});

describe('headerLength', () => {
  const head = (length: number) => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
    return bytes;
  };

  it('refuses a file that is no safetensors file', () => {
    expect(() => headerLength(head(2 ** 40), 2 ** 41, 'm.safetensors')).toThrow('not a safetensors file');
    expect(() => headerLength(new Uint8Array(3), 3, 'm.safetensors')).toThrow('too short');
  });

  it('refuses a file that ends inside its header', () => {
    expect(() => headerLength(head(1000), 500, 'm.safetensors')).toThrow('m.safetensors is truncated');
  });
});

describe('parseHeader', () => {
  const f32 = (shape: number[], data_offsets: number[]) => ({ dtype: 'F32', shape, data_offsets });

  it('skips the metadata and sorts by place', () => {
    const entries = parse({ __metadata__: { format: 'pt' }, b: f32([1], [4, 8]), a: f32([1], [0, 4]) }, 8);
    expect(entries.map((entry) => entry.name)).toEqual(['a', 'b']);
  });

  it('names the tensor whose range overlaps another', () => {
    expect(() => parse({ a: f32([2], [0, 8]), b: f32([1], [4, 8]) }, 8)).toThrow(
      'b overlaps the tensor before it',
    );
  });

  it('names the tensor after a hole', () => {
    expect(() => parse({ a: f32([1], [0, 4]), b: f32([1], [8, 12]) }, 12)).toThrow('hole before b');
  });

  it('names the tensor that reaches beyond a truncated file', () => {
    expect(() => parse({ a: f32([1], [0, 4]), deep: f32([4], [4, 20]) }, 10)).toThrow(
      /deep: ends at byte .* truncated/,
    );
  });

  it('refuses bytes after the last tensor', () => {
    expect(() => parse({ a: f32([1], [0, 4]) }, 6)).toThrow('2 bytes after its last tensor');
  });

  it('names the tensor whose bytes disagree with its shape', () => {
    expect(() => parse({ a: f32([3], [0, 8]) }, 8)).toThrow('a: has 8 bytes, but F32 [3] needs 12');
  });

  it('names the field that is wrong', () => {
    expect(() => parse({ a: { dtype: 'F32', shape: [1.5], data_offsets: [0, 4] } }, 4)).toThrow(
      'model.safetensors: a.shape[0]: must be an integer.',
    );
    expect(() => parse({ a: { dtype: 'F32', shape: [1] } }, 4)).toThrow('a.data_offsets: is missing.');
    expect(() => parse({ a: f32([0], [4, 0]) }, 4)).toThrow('a.data_offsets: runs backwards.');
    expect(() => parseHeader(new TextEncoder().encode('{'), 9, 'm')).toThrow(
      'm: the header is not valid JSON',
    );
  });
});
