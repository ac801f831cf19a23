import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { CatalogueModel, DeviceFacts } from '../contract/weights.ts';
import { parseCatalogue } from '../weights/catalogue.ts';
import type { DeviceSpeed, GpuSpeed } from './device-speed.ts';
import { expectedSpeeds } from './expected-speed.ts';
import { productSpeed } from './product-speed.ts';

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
const PAGING = { read: 1.2e9, upload: 4e9 };
const GPU: GpuSpeed = { memory: 150e9, roundTripMs: 0.4, paging: PAGING };
const LAPTOP: DeviceSpeed = { products: 5e8, gpu: GPU };
const onGpu = (of: CatalogueModel, on: DeviceFacts, speed: GpuSpeed = GPU) =>
  expectedSpeeds(of, on, { ...LAPTOP, gpu: speed }).gpu!;

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

test('on the processor the 2B writes far fewer than two tokens per second, as measured with the runtime', () => {
  const { processor } = expectedSpeeds(
    DENSE,
    { gpu: null, memoryBytes: null },
    { products: 4.5e8, gpu: null },
  );
  expect(processor.tokensPerSecond).toBeGreaterThan(0.15);
  expect(processor.tokensPerSecond).toBeLessThan(0.4);
});

test('without a graphics processor there is no speed for one', () => {
  expect(
    expectedSpeeds(DENSE, { gpu: null, memoryBytes: null }, { products: 5e8, gpu: null }).gpu,
  ).toBeNull();
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
  const faster = (change: Partial<GpuSpeed>): number =>
    onGpu(LARGE, device(7), { ...GPU, ...change }).tokensPerSecond / base;
  expect(faster({ paging: { ...PAGING, read: 2.4e9 } })).toBeGreaterThan(1.2);
  expect(faster({ memory: 300e9 })).toBeLessThan(1.15);
});

test('if storage could not be measured, a paged model gets no estimate', () => {
  expect(expectedSpeeds(LARGE, device(7), { ...LAPTOP, gpu: { ...GPU, paging: null } }).gpu).toBeNull();
});

test('the same device gets the same estimate', () => {
  expect(onGpu(LARGE, device(7))).toEqual(onGpu(LARGE, device(7)));
});

test('the product of the measurement takes part of a second and has a speed', () => {
  const speed = productSpeed();
  expect(speed).toBeGreaterThan(1e6);
  expect(Number.isFinite(speed)).toBe(true);
});
