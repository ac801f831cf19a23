import { describe, expect, it } from 'vitest';
import { Bytes, ggufFile } from '../../../tools/tests/support/gguf-file.ts';
import { Failure } from '../../failure.ts';
import { readGgufHeader, type GgufHeader } from './header.ts';

const q8 = new Uint8Array(2 * 68).fill(1);
const KEYS = {
  'general.architecture': { string: 'qwen3vl' },
  'a.layers': { u32: 28 },
  'a.negative': { i32: -5 },
  'a.epsilon': { f32: 0.5 },
  'a.flag': { bool: true },
  'split.no': { u16: 3 },
  'a.tokens': { strings: ['Ġ', '\ufeffa', ''] },
  'a.types': { i32s: [1, -1] },
  'a.mean': { f32s: [0.5, 0.25] },
  'a.taps': { bools: [false, true] },
};
const TENSORS = {
  'one.weight': { dtype: 'Q8_0', shape: [2, 64], data: q8 },
  'two.weight': { dtype: 'F32', shape: [3], data: new Uint8Array(12) },
  'three.weight': { dtype: 'F16', shape: [2, 3, 1, 5], data: new Uint8Array(60) },
} as const;

/** Reads a header; `reads` receives the ranges that were read. */
function read(
  bytes: Uint8Array,
  reads: [number, number][] = [],
  fileBytes = bytes.length,
): Promise<GgufHeader> {
  const range = (start: number, end: number) => {
    reads.push([start, end]);
    return Promise.resolve(bytes.subarray(start, end));
  };
  return readGgufHeader(range, fileBytes, 'x.gguf');
}

async function problem(bytes: Uint8Array): Promise<string> {
  const error: unknown = await read(bytes).catch((reason: unknown) => reason);
  if (!(error instanceof Failure)) throw new Error(`ended as ${String(error)}`);
  expect(error.code).toBe('bad-checkpoint');
  return error.message;
}

/** A header with the single key `k`, whose type and value `write` writes. */
function withKey(write: (out: Bytes) => Bytes): Uint8Array {
  return write(new Bytes().raw('GGUF').u32(3).u64(0).u64(1).string('k')).u64(0).u64(0).joined();
}

interface Info {
  name: string;
  dims: (number | bigint)[];
  type: number;
  offset: number | bigint;
}

/** A file with these tensors, and `dataBytes` bytes of data. */
function withTensors(infos: Info[], dataBytes: number, axes?: number): Uint8Array {
  const out = new Bytes().raw('GGUF').u32(3).u64(infos.length).u64(0);
  for (const { name, dims, type, offset } of infos) {
    out.string(name).u32(axes ?? dims.length);
    for (const axis of dims) out.u64(axis);
    out.u32(type).u64(offset);
  }
  return out.pad().bytes(new Uint8Array(dataBytes)).joined();
}

describe('readGgufHeader', () => {
  it('reads all kinds of values, and places tensors with their row-major shapes', async () => {
    const bytes = ggufFile(KEYS, TENSORS);
    const { keys, tensors, dataStart } = await read(bytes);
    expect(Object.fromEntries(keys)).toEqual({
      'general.architecture': 'qwen3vl',
      'a.layers': 28,
      'a.negative': -5,
      'a.epsilon': 0.5,
      'a.flag': true,
      'split.no': 3,
      'a.tokens': ['Ġ', '\ufeffa', ''],
      'a.types': [1, -1],
      'a.mean': [0.5, 0.25],
      'a.taps': [false, true],
    });
    expect(dataStart % 32).toBe(0);
    expect(tensors).toEqual([
      { name: 'one.weight', dtype: 'Q8_0', shape: [2, 64], start: dataStart, end: dataStart + 136 },
      { name: 'two.weight', dtype: 'F32', shape: [3], start: dataStart + 160, end: dataStart + 172 },
      {
        name: 'three.weight',
        dtype: 'F16',
        shape: [2, 3, 1, 5],
        start: dataStart + 192,
        end: dataStart + 252,
      },
    ]);
    const older = Uint8Array.from(bytes);
    older[4] = 2;
    expect((await read(older)).tensors).toEqual(tensors);
  });

  it('reads a long header in growing parts, no byte twice, and no data after them', async () => {
    const long = { ...KEYS, 'a.long': { strings: Array.from({ length: 20_000 }, (_, i) => `token ${i}`) } };
    const data = { big: { dtype: 'F32', shape: [4_000_000], data: new Uint8Array(16_000_000) } } as const;
    const bytes = ggufFile(long, data);
    const reads: [number, number][] = [];
    expect((await read(bytes, reads)).tensors).toHaveLength(1);
    expect(reads).toEqual([
      [0, 65_536],
      [65_536, 8 * 1024 * 1024],
    ]);
  });

  it('refuses a file cut at any byte', async () => {
    const bytes = ggufFile(KEYS, TENSORS);
    // Only the padding after the last tensor may be missing.
    for (let length = 0; length < bytes.length - 4; length++) {
      expect(await problem(bytes.slice(0, length)), `${length} bytes`).toMatch(/^x\.gguf/);
    }
    expect((await read(bytes.slice(0, -4))).tensors).toHaveLength(3);
  });

  it.each<[string, Uint8Array, string]>([
    ['other magic', new Bytes().raw('GGML').u32(3).u64(0).u64(0).joined(), 'is not a GGUF file'],
    ['version 1', new Bytes().raw('GGUF').u32(1).u64(0).u64(0).joined(), 'has version 1 of GGUF'],
    [
      'big-endian',
      new Bytes()
        .raw('GGUF')
        .u32(3 << 24)
        .u64(0)
        .joined(),
      'is big-endian',
    ],
    [
      '2^63 tensors',
      new Bytes()
        .raw('GGUF')
        .u32(3)
        .u64(2n ** 63n)
        .u64(0)
        .joined(),
      'the number of tensors is',
    ],
    [
      '2^63 keys',
      new Bytes()
        .raw('GGUF')
        .u32(3)
        .u64(0)
        .u64(2n ** 63n)
        .joined(),
      'the number of keys is',
    ],
    [
      'a key of 2^60 bytes',
      new Bytes()
        .raw('GGUF')
        .u32(3)
        .u64(0)
        .u64(1)
        .u64(2n ** 60n)
        .joined(),
      'name of key 0',
    ],
    ['an unknown value type', withKey((out) => out.u32(13)), 'key k has the value type 13'],
    ['a nested array', withKey((out) => out.u32(9).u32(9).u64(1)), 'key k is an array of arrays'],
    ['unknown elements', withKey((out) => out.u32(9).u32(99).u64(1)), 'key k has elements of type 99'],
    [
      '2^62 strings',
      withKey((out) =>
        out
          .u32(9)
          .u32(8)
          .u64(2n ** 62n),
      ),
      'key k promises',
    ],
    ['a string of 2^40 bytes', withKey((out) => out.u32(8).u64(2n ** 40n)), 'key k has a string of'],
    [
      'a string that is no UTF-8',
      withKey((out) => out.u32(8).u64(1).u8(0xff)),
      'key k has a string that is not',
    ],
    ['a boolean of 2', withKey((out) => out.u32(7).u8(2)), 'key k has a boolean of value 2'],
    ['an alignment of 0', ggufFile({ 'general.alignment': { u32: 0 } }, {}), 'key general.alignment is 0'],
    ['an alignment of 3', ggufFile({ 'general.alignment': { u32: 3 } }, {}), 'key general.alignment is 3'],
    [
      'an alignment in words',
      ggufFile({ 'general.alignment': { string: '32' } }, {}),
      'key general.alignment is 32',
    ],
    ['no axes', withTensors([{ name: 't', dims: [], type: 0, offset: 0 }], 32), 'tensor t has 0 axes'],
    [
      'five axes',
      withTensors([{ name: 't', dims: [1, 1, 1, 1, 1], type: 0, offset: 0 }], 32),
      'tensor t has 5 axes',
    ],
    [
      'an empty shape',
      withTensors([{ name: 't', dims: [0, 9], type: 0, offset: 0 }], 32),
      'tensor t has an empty',
    ],
    [
      'a shape of 2^120',
      withTensors([{ name: 't', dims: [2n ** 60n, 2n ** 60n], type: 0, offset: 0 }], 32),
      'tensor t is too large',
    ],
    [
      'a codebook type',
      withTensors([{ name: 't', dims: [256], type: 16, offset: 0 }], 96),
      'tensor t is of type IQ2_XXS, which cannot be read',
    ],
    [
      'an unknown type',
      withTensors([{ name: 't', dims: [256], type: 77, offset: 0 }], 96),
      'tensor t is of type number 77',
    ],
    [
      'half a block',
      withTensors([{ name: 't', dims: [48], type: 8, offset: 0 }], 96),
      'tensor t has rows of 48 elements',
    ],
    [
      'an offset that overlaps',
      withTensors(
        [
          { name: 't', dims: [8], type: 0, offset: 0 },
          { name: 'u', dims: [8], type: 0, offset: 0 },
        ],
        64,
      ),
      'tensor u begins at byte',
    ],
    [
      'an offset with a hole',
      withTensors([{ name: 't', dims: [8], type: 0, offset: 32 }], 64),
      'tensor t begins at byte',
    ],
    [
      'an offset beyond the end',
      withTensors([{ name: 't', dims: [8], type: 0, offset: 2n ** 63n }], 32),
      'tensor t begins at byte',
    ],
    [
      'too few data',
      withTensors([{ name: 't', dims: [8], type: 0, offset: 0 }], 31),
      'tensor t ends at byte',
    ],
    [
      'too many data',
      withTensors([{ name: 't', dims: [8], type: 0, offset: 0 }], 96),
      'has 64 bytes after its last tensor',
    ],
    [
      'a name of 64 bytes',
      withTensors([{ name: 't'.repeat(64), dims: [8], type: 0, offset: 0 }], 32),
      'name of tensor 0',
    ],
    [
      'one name twice',
      withTensors(
        [
          { name: 't', dims: [8], type: 0, offset: 0 },
          { name: 't', dims: [8], type: 0, offset: 32 },
        ],
        64,
      ),
      'tensor t is there twice',
    ],
  ])('refuses %s', async (_, bytes, sentence) => {
    expect(await problem(bytes)).toContain(sentence);
  });

  it('refuses one key twice', async () => {
    const twice = new Bytes().raw('GGUF').u32(3).u64(0).u64(2);
    for (let i = 0; i < 2; i++) twice.string('k').value({ u32: 1 });
    expect(await problem(twice.pad().joined())).toContain('key k is there twice');
  });
});
