// Applies seeded damage to input of every kind. Each input must end as a value or as a Failure with a code, within five
// seconds; no other error may be thrown, and no input may hang. `LONG=1` tries 2,000 inputs of each kind.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { convert } from '../../../src/convert/convert.ts';
import { readCheckpointFiles } from '../../../src/engine/checkpoint-files.ts';
import { clipType } from '../../../src/engine/clip/clip-type.ts';
import { readPhotoSize } from '../../../src/engine/photo/photo-size.ts';
import { Failure } from '../../../src/failure.ts';
import { readGgufHeader } from '../../../src/format/gguf/header.ts';
import { parseJson } from '../../../src/format/json-field.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import { headerLength, parseHeader } from '../../../src/format/safetensors.ts';
import { weightHosts } from '../../../src/policy/weight-hosts.ts';
import { parseCatalogue } from '../../../src/weights/catalogue.ts';
import { parseHubAddress } from '../../../src/weights/hub/hub-address.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { fixturePackage } from '../parity/fixture-package.ts';
import { ggufFile } from '../support/gguf-file.ts';
import { MemorySink, MemorySource } from '../support/memory-ports.ts';
import { packageValues } from '../support/package-values.ts';
import { damageBytes, damageJson, damageText, joined, randomFrom, type Random } from './mutate.ts';

const TIMES = process.env.LONG === '1' ? 2000 : 200;
const LONGEST_MS = 5000;
const FIXTURE = 'tools/reference/fixtures/dense-tied';
const counts: Record<string, Record<string, number>> = {};
const unhandled: unknown[] = [];
const note = (reason: unknown): void => void unhandled.push(reason);

beforeAll(() => {
  process.on('unhandledRejection', note);
});
afterAll(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
  for (const [name, ends] of Object.entries(counts)) console.log(`${name}: ${JSON.stringify(ends)}`);
});

/** Runs the job once per seed; the job may succeed, or fail with a Failure whose code is not 'bug'. */
async function fuzz(name: string, job: (next: Random) => unknown): Promise<void> {
  const ends: Record<string, number> = (counts[name] = {});
  for (let seed = 1; seed <= TIMES; seed++) {
    const began = performance.now();
    let end = 'accepted';
    try {
      await job(randomFrom(seed));
    } catch (error) {
      if (!(error instanceof Failure) || error.code === 'bug') {
        throw new Error(`${name}, seed ${seed}: ${String(error)}`, { cause: error });
      }
      end = error.code;
    }
    expect(performance.now() - began, `${name}, seed ${seed}: milliseconds`).toBeLessThan(LONGEST_MS);
    ends[end] = (ends[end] ?? 0) + 1;
  }
}

const rangesOf = (bytes: Uint8Array) => (start: number, end: number) =>
  Promise.resolve(bytes.subarray(start, end));
const bytesOf = (file: string): Uint8Array => new Uint8Array(readFileSync(join(FIXTURE, file)));
const textOf = (file: string): string => readFileSync(join(FIXTURE, file), 'utf8');

/** Damages three of ten inputs as text, as a bad disk would, and the others as JSON, as a faulty tool would. */
function damagedJson(text: string, next: Random): string {
  return next() < 0.3 ? damageText(text, next) : JSON.stringify(damageJson(JSON.parse(text), next));
}

test('shard headers', async () => {
  const shard = bytesOf('model.safetensors');
  const length = headerLength(shard, shard.length, 'model.safetensors');
  const head = shard.slice(0, 8 + length);
  await fuzz('shard header', (next) => {
    const damaged = damageBytes(head, next);
    const bytes = shard.length - head.length + damaged.length;
    const end = headerLength(damaged, bytes, 'x');
    parseHeader(damaged.slice(8, 8 + end), bytes, 'x');
  });
});

test('headers of GGUF files', async () => {
  const names = Array.from({ length: 8 }, (_, n) => `blk.${n}.attn_q.weight`);
  const tensor = { dtype: 'Q8_0', shape: [4, 64], data: new Uint8Array(272) } as const;
  const keys = {
    'general.architecture': { string: 'qwen3vl' },
    'general.alignment': { u32: 32 },
    'qwen3vl.block_count': { u32: 8 },
    'tokenizer.ggml.tokens': { strings: names },
    'tokenizer.ggml.token_type': { i32s: names.map(() => 1) },
    'clip.vision.is_deepstack_layers': { bools: [true, false] },
  };
  const file = ggufFile(keys, Object.fromEntries(names.map((name) => [name, tensor])));
  const { tensors: original, dataStart } = await readGgufHeader(rangesOf(file), file.length, 'x');
  const head = file.slice(0, dataStart);
  await fuzz('GGUF header', async (next) => {
    const bytes = joined(damageBytes(head, next), file.slice(dataStart));
    const { tensors } = await readGgufHeader(rangesOf(bytes), bytes.length, 'x');
    // A damaged name or type may pass here. The converter then misses the tensor, or reads other values at the same
    // place.
    const places = ({ start, end }: { start: number; end: number }): number[] => [start % 32, end - start];
    expect(tensors.map(places)).toEqual(original.map(places));
    expect(tensors.at(-1)?.end ?? bytes.length).toBeLessThanOrEqual(bytes.length);
  });
});

test('GGUF files whose header is damaged: no other weights come out', async () => {
  const folder = 'tools/reference/gguf';
  const read = (name: string) => new Uint8Array(readFileSync(join(folder, name)));
  const [language, vision] = ['tiny-dense-f16.gguf', 'mmproj-tiny-dense-f16.gguf'];
  const [text, other] = [read(language), read(vision)];
  const { dataStart, tensors: original } = await readGgufHeader(rangesOf(text), text.length, language);
  const convertWith = async (bytes: Uint8Array<ArrayBuffer>) => {
    const files = new Map([
      [language, bytes],
      [vision, other],
    ]);
    const sink = new MemorySink();
    await convert(new MemorySource(files), sink, { preset: 'exact' });
    return packageValues(sink);
  };
  const expected = await convertWith(text);
  await fuzz('GGUF checkpoint', async (next) => {
    const bytes = joined(damageBytes(text.slice(0, dataStart), next), text.slice(dataStart));
    const values = await convertWith(bytes);
    const { tensors } = await readGgufHeader(rangesOf(bytes), bytes.length, language);
    // If the damage exchanged a type for another of the same size, no check can notice it.
    if (tensors.every(({ dtype }, index) => dtype === original[index]?.dtype))
      expect(values).toEqual(expected);
  });
});

test('manifests', async () => {
  const folder = fixturePackage('moe-untied', 'balanced');
  const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8');
  await fuzz('manifest', (next) => {
    parseManifest(parseJson(damagedJson(manifest, next), 'manifest.json', 'bad-manifest'));
  });
});

test('catalogues', async () => {
  const catalogue = readFileSync('public/models/index.json', 'utf8');
  await fuzz('catalogue', (next) => {
    const json = parseJson(damagedJson(catalogue, next), 'index.json', 'bad-manifest');
    for (const host of weightHosts(json)) expect(host).toMatch(/^https?:\/\/[\w.-]+(:\d+)?$/);
    parseCatalogue(json, 'https://example.org/models/index.json');
  });
});

test('links to models', async () => {
  const links = [
    'Qwen/Qwen3-VL-2B-Instruct@main',
    'https://huggingface.co/Qwen/Qwen3-VL-2B-Instruct/tree/main',
  ];
  await fuzz('link', (next) => {
    const text = damageText(links[Math.floor(next() * links.length)]!, next);
    const { endpoint } = parseHubAddress(text);
    expect(endpoint).toMatch(/^https?:\/\//);
  });
});

test('side files of a checkpoint, the tokenizer among them', async () => {
  const files = readdirSync(FIXTURE).filter((file) => file.endsWith('.json'));
  const texts = new Map(files.map((file) => [file, textOf(file)]));
  await fuzz('side files', async (next) => {
    const victim = files[Math.floor(next() * files.length)]!;
    const store: Pick<PackageStore, 'file'> = {
      file: (name) => {
        const text = texts.get(name);
        if (text === undefined) return Promise.reject(new Failure('missing-file', name));
        return Promise.resolve(new TextEncoder().encode(name === victim ? damagedJson(text, next) : text));
      },
    };
    const { tokenizer, template } = await readCheckpointFiles(store as PackageStore);
    tokenizer.encode(template.render([{ role: 'user', content: 'Hello, 世界' }]));
  });
});

test('pictures of every format', async () => {
  const source = sharp('tools/reference/pictures/odd.png');
  const pictures = await Promise.all(
    (['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const).map((format) =>
      source.clone().resize(64, 48, { fit: 'fill' }).toFormat(format).toBuffer(),
    ),
  );
  await fuzz('picture', async (next) => {
    const bytes = damageBytes(pictures[Math.floor(next() * pictures.length)]!, next);
    readPhotoSize(bytes.subarray(0, 1024));
    clipType(bytes.subarray(0, 1024));
    const { width, height, data } = await decodePhoto(new Blob([bytes]));
    expect(data).toHaveLength(width * height * 3);
  });
});
