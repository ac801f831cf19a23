// Tests GGUF files that llama.cpp's own converter wrote (tools/reference/make_tiny_gguf.py): a dense model in F16, and
// a mixture in Q8_0 whose language file is split.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MemorySink, MemorySource, type Files } from '../../../tools/tests/support/memory-ports.ts';
import { packageValues } from '../../../tools/tests/support/package-values.ts';
import { readCheckpointFiles } from '../../engine/checkpoint-files.ts';
import { createTokenizer } from '../../engine/prompt/tokenizer.ts';
import { Failure } from '../../failure.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { parseManifest } from '../../format/parse-manifest.ts';
import { convert } from '../convert.ts';
import type { PresetName } from '../precision.ts';

const FOLDER = 'tools/reference/gguf';
const FIXTURE = 'tools/reference/fixtures/dense-tied';
const MODELS = ['tiny-dense', 'tiny-moe'] as const;
type Model = (typeof MODELS)[number];
const VALUES = JSON.parse(readFileSync(join(FOLDER, 'values.json'), 'utf8')) as Record<
  Model,
  Record<string, string>
>;

function filesOf(model: Model): Files {
  const names = readdirSync(FOLDER).filter((name) => name.includes(model));
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(join(FOLDER, name)))]));
}

async function converted(files: Files, preset: PresetName = 'exact') {
  const sink = new MemorySink();
  const report = await convert(new MemorySource(files), sink, { preset });
  return { sink, report };
}

/** Returns the hash of the values of each tensor in a package. */
function hashesOf(sink: MemorySink): [name: string, sha256: string][] {
  return Array.from(packageValues(sink), ([name, { buffer, byteOffset, byteLength }]) => {
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    return [name, createHash('sha256').update(bytes).digest('hex')];
  });
}

function storeOf(sink: MemorySink): PackageStore {
  const file = (name: string): Promise<Uint8Array> => {
    const bytes = sink.files.get(name);
    return bytes ? Promise.resolve(bytes) : Promise.reject(new Failure('missing-file', name));
  };
  return { file } as PackageStore;
}

async function problem(files: Files): Promise<string> {
  const error: unknown = await converted(files).catch((reason: unknown) => reason);
  if (!(error instanceof Failure)) throw new Error(`ended as ${String(error)}`);
  return error.message;
}

/** Replaces a text in a file with another text of the same length. */
function edited(files: Files, name: string, from: string, to: string): Files {
  const text = Buffer.from(files.get(name) ?? []).toString('latin1');
  if (!text.includes(from)) throw new Error(`${name} lacks ${from}`);
  return new Map(files).set(name, new Uint8Array(Buffer.from(text.replace(from, to), 'latin1')));
}

describe('GGUF files', () => {
  it.each(MODELS)('of %s give exactly the values of the original checkpoint', async (model) => {
    const { sink, report } = await converted(filesOf(model));
    expect(Object.fromEntries(hashesOf(sink))).toEqual(VALUES[model]);
    expect(report.unused).toEqual([]);
    expect([...report.losses.values()].every(({ error }) => error === 0)).toBe(true);
  });

  it('in Q8_0 are copied by the preset 8-bit, and quantised again to 4 bits by balanced', async () => {
    const with8Bits = await converted(filesOf('tiny-moe'), '8-bit');
    const hashes = new Map(Object.entries(VALUES['tiny-moe']));
    const values = hashesOf(with8Bits.sink);
    // The vision encoder's matrices of 24 columns are F16 in the file, and stay F16.
    for (const [name, hash] of values) expect(hash, name).toBe(hashes.get(name));
    expect([...with8Bits.report.losses.values()].every(({ error }) => error === 0)).toBe(true);
    const manifest = parseManifest(
      JSON.parse(new TextDecoder().decode(with8Bits.sink.files.get('manifest.json'))),
    );
    expect(manifest.version).toBe(1);
    expect(manifest.experts[0]?.parts[0]?.quantization).toMatchObject({ bits: 8, block: 32 });

    const { report } = await converted(filesOf('tiny-moe'), 'balanced');
    const losses = Object.fromEntries(
      Array.from(report.losses, ([name, { error, power }]) => [
        name,
        power > 0 ? Math.sqrt(error / power) : 0,
      ]),
    );
    expect(losses['embedding']).toBe(0);
    expect(losses['vision merger']).toBe(0);
    for (const name of ['attention', 'experts']) {
      expect(losses[name], name).toBeGreaterThan(0.05);
      expect(losses[name], name).toBeLessThan(0.11);
    }
  });

  it('alone are enough: the engine reads the side files that are rebuilt from their keys', async () => {
    const { sink, report } = await converted(filesOf('tiny-moe'));
    expect(report.rebuilt).toHaveLength(6);
    const { config, tokenizer, template, image, video, stops } = await readCheckpointFiles(storeOf(sink));
    expect(config).toMatchObject({
      architecture: 'qwen3_vl_moe',
      tokens: { image: 1012, video: 1013, visionStart: 1009, visionEnd: 1010 },
      text: { hiddenSize: 32, layers: 2, heads: 2, kvHeads: 1, headDim: 32, vocabSize: 1040 },
      vision: {
        hiddenSize: 24,
        depth: 4,
        heads: 2,
        patchSize: 16,
        positionGrid: 4,
        deepstackLayers: [0, 1, 3],
      },
    });
    expect(config.text).toMatchObject({
      rmsNormEps: 1e-6,
      ropeTheta: 5e6,
      mropeSection: [6, 5, 5],
      contextLength: 262144,
      tiedHead: false,
      moe: { experts: 4, expertsPerToken: 2, intermediateSize: 32, layers: [0, 1] },
    });
    expect(image.budget).toEqual({ minPixels: 65536, maxPixels: 16777216 });
    expect(video.budget).toEqual({ minPixels: 4096, maxPixels: 25165824 });
    expect([...stops].sort()).toEqual([1000, 1002]);
    expect(template.render([{ role: 'user', content: 'Hello' }])).toContain('<|im_start|>user\nHello');
    expect(tokenizer.size).toBe(1026);
  });

  it('rebuild the tokenizer: each text becomes the same ids and the same text again', async () => {
    const { sink } = await converted(filesOf('tiny-dense'));
    const { tokenizer } = await readCheckpointFiles(storeOf(sink));
    const json = (name: string): unknown => JSON.parse(readFileSync(join(FIXTURE, name), 'utf8'));
    const original = createTokenizer(json('tokenizer.json'), json('tokenizer_config.json'));
    const { tokens } = JSON.parse(readFileSync('tools/reference/goldens/stages.json', 'utf8')) as {
      tokens: { text: string; ids: number[] }[];
    };
    expect(tokens.length).toBeGreaterThan(10);
    for (const { text, ids } of tokens) {
      expect(tokenizer.encode(text), JSON.stringify(text)).toEqual(original.encode(text));
      expect(tokenizer.encode(text)).toEqual(ids);
      expect(tokenizer.decode(ids)).toBe(original.decode(ids));
    }
  });

  it('use the side files that lie beside them', async () => {
    const files = filesOf('tiny-dense');
    for (const name of ['tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json']) {
      files.set(name, new Uint8Array(readFileSync(join(FIXTURE, name))));
    }
    const { sink, report } = await converted(files);
    expect(report.rebuilt).toEqual(['config.json', 'generation_config.json']);
    expect(sink.files.get('tokenizer.json')).toEqual(files.get('tokenizer.json'));
  });

  it('are refused if one is missing, strange or of another model', async () => {
    const dense = filesOf('tiny-dense');
    const moe = filesOf('tiny-moe');
    const without = (files: Files, name: string): Files =>
      new Map([...files].filter(([each]) => each !== name));
    const [text, vision] = ['tiny-dense-f16.gguf', 'mmproj-tiny-dense-f16.gguf'];
    expect(await problem(without(dense, vision))).toContain('holds a vision encoder');
    expect(await problem(without(dense, text))).toContain('holds a language model');
    expect(await problem(without(moe, 'tiny-moe-q8_0-00002-of-00002.gguf'))).toBe(
      'Of the 2 files of tiny-moe-q8_0-00001-of-00002.gguf, 1 are there.',
    );
    const both = new Map([...dense, ['other.gguf', dense.get(text)!]]);
    expect(await problem(both)).toMatch(/Both other\.gguf and tiny-dense-f16\.gguf hold a language model/);
    expect(await problem(edited(dense, text, 'blk.1.attn_q.', 'blk.1.attn_z.'))).toContain(
      'blk.1.attn_z.weight [64, 32] is no tensor of a Qwen3-VL model',
    );
    expect(await problem(edited(dense, text, 'general.architecture', 'general.architectuxe'))).toContain(
      'general.architecture"]: is missing',
    );
    expect(await problem(edited(dense, text, 'qwen3vl', 'qwen2vl'))).toContain('must be one of qwen3vl');
    expect(await problem(edited(dense, vision, 'qwen3vl_merger', 'qwen9vl_merger'))).toContain(
      'not qwen3vl_merger',
    );
    expect(await problem(edited(dense, text, '<|image_pad|>', '<|image_pax|>'))).toContain(
      'lacks <|image_pad|>',
    );
  });
});
