import { describe, expect, it } from 'vitest';
import { Failure } from '../failure.ts';
import { tensorRanges } from './manifest.ts';
import { parseManifest } from './parse-manifest.ts';

const HASH = 'a'.repeat(64);

/** A manifest that parses, with one array of each kind. */
function sound() {
  return {
    format: 'darkroom-package',
    version: 1,
    preset: 'balanced',
    files: [{ name: 'config.json', bytes: 10, sha256: HASH }],
    shards: [
      { sha256: HASH, bytes: 4096 },
      { sha256: HASH, bytes: 1024 },
    ],
    tensors: {
      x: {
        dtype: 'U8',
        shape: [4, 2, 16],
        shard: 0,
        offset: 64,
        bytes: 128,
        quantization: { bits: 4, block: 32, rows: 4, columns: 64, scales: 'x.scales' },
      },
      'x.scales': { dtype: 'F16', shape: [4, 2], shard: 0, offset: 192, bytes: 16 },
      large: {
        dtype: 'F32',
        shape: [100],
        shard: 0,
        offset: 208,
        bytes: 400,
        rest: [{ shard: 1, offset: 64, bytes: 100 }],
      },
    },
    experts: [
      {
        layer: 0,
        bytes: 0,
        parts: [
          part('gate_up', 'U8', [8, 32], 0, 256, { bits: 4, block: 32, rows: 8, columns: 64 }),
          part('gate_up.scales', 'F16', [8, 2], 256, 32),
          part('down', 'U8', [16, 16], 288, 256, { bits: 4, block: 32, rows: 16, columns: 32 }),
          part('down.scales', 'F16', [16, 1], 544, 32),
        ],
        at: [
          [0, 1024],
          [0, 1632],
        ],
      },
    ],
  };
}

function part(
  name: string,
  dtype: string,
  shape: number[],
  offset: number,
  bytes: number,
  quantization?: object,
) {
  return { name, dtype, shape, offset, bytes, ...(quantization ? { quantization } : {}) };
}

function soundExperts() {
  const manifest = sound();
  const [layer] = manifest.experts;
  if (!layer) throw new Error('the manifest has a layer');
  layer.bytes = 576;
  return { manifest, layer };
}

function failure(change: (manifest: ReturnType<typeof sound>) => void): Failure {
  const { manifest } = soundExperts();
  change(manifest);
  try {
    parseManifest(manifest);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('the manifest parsed');
}

describe('parseManifest', () => {
  it('returns a sound manifest as it is', () => {
    const { manifest } = soundExperts();
    expect(parseManifest(manifest)).toEqual(manifest);
    const entry = parseManifest(manifest).tensors['large'];
    expect(entry && tensorRanges(entry)).toEqual([
      { shard: 0, offset: 208, bytes: 300 },
      { shard: 1, offset: 64, bytes: 100 },
    ]);
  });

  it('refuses a later format as newer, not as bad', () => {
    const newer = failure((manifest) => (manifest.version = 2));
    expect(newer.code).toBe('newer-format');
  });

  const wrong: [string, (manifest: ReturnType<typeof sound>) => void, string][] = [
    ['the format', (m) => (m.format = 'other'), 'manifest.json: format: must be one of darkroom-package'],
    ['a hash', (m) => (m.shards[0]!.sha256 = 'A'), 'manifest.json: shards[0].sha256: must be 64'],
    ['a shard over the limit', (m) => (m.shards[1]!.bytes = 2 ** 27), 'shards[1].bytes: must lie in'],
    [
      'a file name with a path',
      (m) => (m.files[0]!.name = '../x'),
      'files[0].name: must be a plain file name',
    ],
    [
      'the bytes of a tensor',
      (m) => (m.tensors.x.bytes = 127),
      'tensors.x.bytes: must be 128 for U8 [4, 2, 16]',
    ],
    [
      'an element type',
      (m) => (m.tensors.x.dtype = 'I8'),
      'tensors.x.dtype: must be one of F32, F16, BF16, U8',
    ],
    ['a shard that is not there', (m) => (m.tensors.x.shard = 2), 'tensors.x.shard: must lie in 0…1'],
    [
      'a range beyond its shard',
      (m) => (m.tensors.x.offset = 4000),
      'tensors.x.offset: and its 128 bytes reach beyond',
    ],
    [
      'a tensor that begins inside a number',
      (m) => (m.tensors['x.scales'].offset = 193),
      'tensors["x.scales"].offset: is 193, not a multiple of 2',
    ],
    [
      'a part of an expert that begins inside a number',
      ({ experts: [layer] }) => {
        layer!.parts = [part('gate_up', 'BF16', [1], 0, 2), part('down', 'F32', [1], 2, 4)];
        layer!.bytes = 6;
      },
      'experts[0].parts[1].offset: is 2, not a multiple of 4',
    ],
    ['the rest of a tensor', (m) => (m.tensors.large.rest[0]!.offset = 1000), 'tensors.large.rest[0].offset'],
    [
      'a rest larger than all',
      (m) => (m.tensors.large.rest[0]!.bytes = 500),
      'tensors.large.rest: holds more',
    ],
    [
      'a quantised shape',
      (m) => (m.tensors.x.quantization.columns = 65),
      'tensors.x.shape: must have the shape [4, 3, 16]',
    ],
    [
      'a bit width',
      (m) => (m.tensors.x.quantization.bits = 3),
      'tensors.x.quantization.bits: must be one of 4, 8',
    ],
    ['a block', (m) => (m.tensors.x.quantization.block = 48), 'quantization.block: must be a power of two'],
    [
      'missing scales',
      (m) => (m.tensors.x.quantization.scales = 'y'),
      'quantization.scales: names the tensor "y"',
    ],
    [
      'scales of another shape',
      (m) => (m.tensors['x.scales'].shape = [8]),
      'tensors.x.quantization.scales: must have the shape [4, 2]',
    ],
    ['the order of parts', (m) => m.experts[0]!.parts.reverse(), 'experts[0].parts[0].offset: must be 0'],
    ['the bytes of an expert', (m) => (m.experts[0]!.bytes = 577), 'experts[0].bytes: must be 576'],
    [
      'an expert beyond its shard',
      (m) => (m.experts[0]!.at[1] = [1, 800]),
      'experts[0].at[1]: and its 576 bytes reach beyond shard 1',
    ],
    [
      'two experts in one place',
      (m) => (m.experts[0]!.at[1] = [0, 1500]),
      'experts[0].at[1]: overlaps another expert',
    ],
    [
      'scales of an expert',
      (m) => (m.experts[0]!.parts[1]!.shape = [4, 4]),
      'experts[0].parts[1].shape: must have the shape [8, 2]',
    ],
  ];
  it.each(wrong)('names %s', (_, change, message) => {
    const { code, message: said } = failure(change);
    expect(said).toContain(message);
    expect(code).toBe('bad-manifest');
  });

  it('quotes names that are not words', () => {
    const { manifest } = soundExperts();
    Object.assign(manifest.tensors, { 'a.b': { dtype: 'F32', shape: [1], shard: 0, offset: 64 } });
    expect(() => parseManifest(manifest)).toThrow('manifest.json: tensors["a.b"].bytes: is missing.');
  });
});
