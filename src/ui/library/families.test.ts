import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CatalogueModel, DeviceFacts } from '../../contract/weights.ts';
import { parseCatalogue } from '../../weights/catalogue.ts';
import { expectedSpeeds } from '../../device/expected-speed.ts';
import { offerOf } from '../../device/fit.ts';
import { BUILT_IN, listEntries } from '../models/entries.ts';
import { chosenOf, families, isOffered, madeFrom, recommended } from './families.ts';

const models = parseCatalogue(
  JSON.parse(readFileSync('public/models/index.json', 'utf8')) as unknown,
  'https://example.org/models/index.json',
).filter(({ id }) => id !== BUILT_IN);
const GIB = 2 ** 30;
const GPU = {
  ...{ hasF16: true, maxBufferBytes: 4 * GIB, maxBindingBytes: 4 * GIB },
  ...{ name: 'a card', isSoftware: false, choice: 'best-known' as const },
};

function offeredOn(device: DeviceFacts) {
  const offers = models.map((model) => offerOf(model, device));
  return listEntries({ offers, packages: [], kept: [], downloads: [] }).filter(isOffered);
}

/**
 * The id of the model that is recommended on a device whose GPU reads `gpuBytesPerSecond`; null means a device without
 * a GPU.
 */
function recommendedOn(
  memoryBytes: number | null,
  gpuBytesPerSecond: number | null,
  kernelBytesPerSecond = 1e9,
): string | undefined {
  const device: DeviceFacts = { gpu: gpuBytesPerSecond === null ? null : GPU, memoryBytes };
  const gpu =
    gpuBytesPerSecond === null ? null : { memory: gpuBytesPerSecond, roundTripMs: 0.5, upload: 4e9 };
  const processor = {
    threads: 1,
    blocks: kernelBytesPerSecond,
    halves: kernelBytesPerSecond,
    startMs: 0.002,
  };
  const speedOf = (id: string) =>
    expectedSpeeds(
      models.find((model) => model.id === id)!,
      device,
      { processor, read: 1e9, gpu },
    );
  return recommended(offeredOn(device), speedOf)?.request.id;
}

test('each size has one card, on which the user chooses kind and precision', () => {
  const cards = families(offeredOn({ gpu: GPU, memoryBytes: 8 * GIB }));
  expect(cards.map(({ name }) => name).toSorted()).toEqual(
    ['2B', '30B-A3B', '32B', '4B', '8B'].map((size) => `Qwen3-VL ${size}`),
  );
  const card = cards.find(({ name }) => name.endsWith(' 2B'))!;
  const idOf = (kind: CatalogueModel['kind'], preset: 'small' | 'balanced' | 'exact') =>
    chosenOf(card, { kind, preset })?.request.id;
  expect(idOf('instruct', 'balanced')).toBe('qwen3-vl-2b-instruct');
  expect(idOf('thinking', 'small')).toBe('qwen3-vl-2b-thinking-small');
  expect(idOf('thinking', 'exact')).toBe('qwen3-vl-2b-thinking-exact');
});

test('a strong laptop gets a model that surely fits its memory and is fast', () => {
  expect(recommendedOn(8 * GIB, 150e9)).toBe('qwen3-vl-4b-instruct');
});

test('a browser that does not reveal its memory gets the smallest fast model', () => {
  expect(recommendedOn(null, 150e9)).toBe('qwen3-vl-2b-instruct');
});

test('an old integrated GPU gets the smallest model; a GPU that is too slow gets none, nor does a device without one', () => {
  expect(recommendedOn(8 * GIB, 12e9)).toBe('qwen3-vl-2b-instruct');
  expect(recommendedOn(8 * GIB, 1e9)).toBeUndefined();
  expect(recommendedOn(8 * GIB, null)).toBeUndefined();
  // With several threads, the processor alone may reach reading speed: 1.124 GB a token at 8 GB/s.
  expect(recommendedOn(8 * GIB, null, 8e9)).toBe('qwen3-vl-2b-instruct');
});

test('each precision of a model says what it is made from', () => {
  const made = (end: string) => madeFrom(models.find(({ id }) => id === `qwen3-vl-2b-instruct${end}`)!);
  expect([made('-small'), made(''), made('-8-bit'), made('-exact')]).toEqual([
    ...['fourBits', 'eightToFourBits', 'eightBits', 'original'],
  ]);
  const hub = { kind: 'hub', endpoint: 'https://h.example.org', repo: 'a/b', revision: 'main' } as const;
  expect(madeFrom({ source: { ...hub, preset: 'balanced' }, preset: 'balanced' })).toBeUndefined();
});
