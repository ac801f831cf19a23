import { afterEach, expect, test, vi } from 'vitest';
import { askForAdapter } from './adapter.ts';

afterEach(() => vi.useRealTimers());

test('a browser that never answers has no adapter', async () => {
  vi.useFakeTimers();
  const gpu = { requestAdapter: () => new Promise(() => undefined) } as unknown as GPU;
  const asked = askForAdapter(gpu);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await asked).toBeNull();
});

test('a browser without WebGPU has none either', async () => {
  expect(await askForAdapter(undefined)).toBeNull();
});
