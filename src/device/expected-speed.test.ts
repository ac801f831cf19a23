import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CatalogueModel, DeviceFacts } from '../contract/weights.ts';
import { parseCatalogue } from '../weights/catalogue.ts';
import type { DeviceSpeed, GpuSpeed } from './device-speed.ts';
import { expectedSpeeds } from './expected-speed.ts';

const models = parseCatalogue(
  JSON.parse(readFileSync('public/models/index.json', 'utf8')) as unknown,
  'https://example.org/models/index.json',
);
const model = (id: string): CatalogueModel => models.find((each) => each.id === id)!;
const LARGE = model('qwen3-vl-30b-a3b-instruct');
const DENSE = model('qwen3-vl-2b-instruct');
const gpu = {
  ...{ hasF16: true, maxBufferBytes: 2 ** 32, maxBindingBytes: 2 ** 32 },
  ...{ name: '', isSoftware: false, choice: 'best-known' as const },
};
const device = (gibibytes: number): DeviceFacts => ({ gpu, memoryBytes: gibibytes * 2 ** 30 });
const GPU: GpuSpeed = { memory: 150e9, roundTripMs: 0.4, upload: 4e9 };
const LAPTOP: DeviceSpeed = {
  processor: { threads: 1, blocks: 6.2e9, halves: 7e9, startMs: 0.002 },
  read: 1.2e9,
  gpu: GPU,
};
const NO_GPU: DeviceFacts = { gpu: null, memoryBytes: null };
const onGpu = (of: CatalogueModel, on: DeviceFacts, speed: GpuSpeed = GPU, read = 1.2e9) =>
  expectedSpeeds(of, on, { ...LAPTOP, read, gpu: speed }).gpu!;
const onProcessor = (of: CatalogueModel, changes: Partial<DeviceSpeed> = {}) =>
  expectedSpeeds(of, NO_GPU, { ...LAPTOP, gpu: null, ...changes }).processor;

test('a dense model reads its weights once per token, and pays for starting its operators', () => {
  const { tokensPerSecond, heldShare } = onGpu(DENSE, device(8));
  const readMs = (1000 * DENSE.tokenBytes) / GPU.memory;
  const starts = 28 * 12 + 22;
  expect(heldShare).toBe(1);
  expect(1000 / tokensPerSecond).toBeCloseTo(readMs + starts * 0.051 + GPU.roundTripMs, 6);
});

test('a far faster GPU helps little, because starting the operators takes as long', () => {
  const base = onGpu(DENSE, device(8)).tokensPerSecond;
  const faster = onGpu(DENSE, device(8), { ...GPU, memory: 1500e9 }).tokensPerSecond;
  expect(faster / base).toBeLessThan(1.5);
});

test('on the processor the 2B reads its weights once per token, those of its vision encoder not included', () => {
  // 1.124 GB of weights at 6.2 GB/s are 181.3 ms; (28 layers × 12 + 22) operators × 2 µs are 0.7 ms; so 5.49 a second.
  // Measured: 4.2 to 5.1 with one thread (products only, on a busy machine).
  const { tokensPerSecond, heldShare } = onProcessor(DENSE)!;
  expect(heldShare).toBe(1);
  expect(tokensPerSecond).toBeCloseTo(1000 / (1124 / 6.2 + 358 * 0.002), 6);
  expect(tokensPerSecond).toBeCloseTo(5.49, 2);
  expect(DENSE.tokenBytes).toBeLessThan(DENSE.storedBytes - 0.4e9);
});

test('the exact preset, whose weights take 16 bits, is estimated from products with such weights', () => {
  const exact = model('qwen3-vl-2b-instruct-exact');
  const { processor } = LAPTOP;
  const slower = { processor: { ...processor, halves: processor.halves / 2 } };
  expect(onProcessor(exact)!.tokensPerSecond / onProcessor(exact, slower)!.tokensPerSecond).toBeCloseTo(2, 1);
  expect(onProcessor(DENSE, slower)).toEqual(onProcessor(DENSE));
});

test('on the processor the 30B pages, so the speed of storage counts', () => {
  // 1.683 GB of 16.307 GB of experts fit: 13 of 128 in each layer.
  const { tokensPerSecond, heldShare } = onProcessor(LARGE)!;
  expect(heldShare).toBeCloseTo(13 / 128, 6);
  // If nothing had to be read, a token would read 0.866 + 16.307 / 16 = 1.885 GB of weights: 3.3 tokens a second.
  expect(tokensPerSecond).toBeLessThan(3.3);
  expect(onProcessor(LARGE, { read: 2.4e9 })!.tokensPerSecond / tokensPerSecond).toBeGreaterThan(1.2);
  expect(onProcessor(LARGE, { read: null })).toBeNull();
});

test('without a graphics processor there is no speed for one', () => {
  expect(expectedSpeeds(DENSE, NO_GPU, { ...LAPTOP, gpu: null }).gpu).toBeNull();
});

test('the 30B pages if memory is short, and is faster with more memory', () => {
  const four = onGpu(LARGE, device(7));
  const more = onGpu(LARGE, { gpu, memoryBytes: 7.9 * 2 ** 30 });
  const all = onGpu(LARGE, { gpu, memoryBytes: null });
  expect(four.heldShare).toBeLessThan(more.heldShare);
  expect(more.heldShare).toBeLessThan(1);
  expect(all.heldShare).toBe(1);
  expect(four.tokensPerSecond).toBeLessThan(more.tokensPerSecond);
  expect(more.tokensPerSecond).toBeLessThan(all.tokensPerSecond);
});

test('a paged model is bound by reading: twice the speed of storage helps, twice that of the GPU hardly', () => {
  const base = onGpu(LARGE, device(7)).tokensPerSecond;
  const faster = (memory: number, read: number): number =>
    onGpu(LARGE, device(7), { ...GPU, memory }, read).tokensPerSecond / base;
  expect(faster(GPU.memory, 2.4e9)).toBeGreaterThan(1.2);
  expect(faster(300e9, 1.2e9)).toBeLessThan(1.15);
});

test('if storage could not be measured, a paged model gets no estimate', () => {
  expect(expectedSpeeds(LARGE, device(7), { ...LAPTOP, read: null }).gpu).toBeNull();
});

test('the same device gets the same estimate', () => {
  expect(onGpu(LARGE, device(7))).toEqual(onGpu(LARGE, device(7)));
});
