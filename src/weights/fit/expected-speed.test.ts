import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CatalogueModel, DeviceFacts } from '../../contract/weights.ts';
import { parseCatalogue } from '../catalogue.ts';
import type { DeviceSpeed } from './device-speed.ts';
import { expectedSpeed } from './expected-speed.ts';

const models = parseCatalogue(
  JSON.parse(readFileSync('public/models/index.json', 'utf8')) as unknown,
  'https://example.org/models/index.json',
);
const model = (id: string): CatalogueModel => models.find((each) => each.id === id)!;
const LARGE = model('qwen3-vl-30b-a3b-instruct');
const gpu = { hasF16: true, maxBufferBytes: 2 ** 32, maxBindingBytes: 2 ** 32 };
const device = (gibibytes: number): DeviceFacts => ({ gpu, memoryBytes: gibibytes * 2 ** 30 });
const LAPTOP: DeviceSpeed = { read: 1.2e9, upload: 4e9, gpuMemory: 150e9, roundTripMs: 0.4 };

test('a dense model is as fast as its weights can be read by the GPU', () => {
  const dense = model('qwen3-vl-2b-instruct');
  const { tokensPerSecond, heldShare } = expectedSpeed(dense, device(8), LAPTOP);
  expect(heldShare).toBe(1);
  expect(tokensPerSecond).toBeCloseTo(150e9 / dense.storedBytes, 6);
});

test('the 30B pages where memory is short, and is faster with more of it', () => {
  const four = expectedSpeed(LARGE, device(7), LAPTOP);
  const more = expectedSpeed(LARGE, { gpu, memoryBytes: 7.9 * 2 ** 30 }, LAPTOP);
  const all = expectedSpeed(LARGE, { gpu, memoryBytes: null }, LAPTOP);
  expect(four.heldShare).toBeLessThan(more.heldShare);
  expect(more.heldShare).toBeLessThan(1);
  expect(all.heldShare).toBe(1);
  expect(four.tokensPerSecond).toBeLessThan(more.tokensPerSecond);
  expect(more.tokensPerSecond).toBeLessThan(all.tokensPerSecond);
});

test('a paged model is bound by reading: twice the speed of storage helps, twice that of the GPU hardly', () => {
  const base = expectedSpeed(LARGE, device(7), LAPTOP).tokensPerSecond;
  const faster = (change: Partial<DeviceSpeed>): number =>
    expectedSpeed(LARGE, device(7), { ...LAPTOP, ...change }).tokensPerSecond / base;
  expect(faster({ read: 2.4e9 })).toBeGreaterThan(1.3);
  expect(faster({ gpuMemory: 300e9 })).toBeLessThan(1.15);
});

test('the same device gets the same estimate', () => {
  expect(expectedSpeed(LARGE, device(7), LAPTOP)).toEqual(expectedSpeed(LARGE, device(7), LAPTOP));
});
