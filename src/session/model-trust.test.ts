// Tests that a wrong answer does not count against a model if the browser alters the pixels that a page reads.

import { expect, test, vi } from 'vitest';
import type { Engine } from '../engine/engine.ts';
import type { Runtime } from '../engine/runtime/runtime.ts';
import type { Verdicts } from '../weights/store/verdicts.ts';
import { openDirectoryStore } from '../node/directory-store.ts';
import { ModelTrust } from './model-trust.ts';

const pixels = vi.hoisted(() => ({ areExact: true }));
vi.mock(import('../engine/photo/rgb-pixels.ts'), async (original) => ({
  ...(await original()),
  readsExactly: () => Promise.resolve(pixels.areExact),
}));

/** Whether a model is trusted if it gives no correct answer and has no verdict yet. */
async function trustsWrongModel(): Promise<boolean> {
  const engine = {
    target: { precision: 'f32' },
    answer: () => Promise.reject(new Error('no answer')),
  } as unknown as Engine;
  const verdicts = {
    of: () => Promise.resolve(undefined),
    note: () => Promise.resolve(),
  } as unknown as Verdicts;
  const runtime = { backend: 'webgpu', adapter: 'an adapter' } as Runtime;
  const trust = await ModelTrust.open(verdicts, 'demo', await openDirectoryStore('public/models/demo'));
  return trust.confirms(engine, runtime, new AbortController().signal).catch(() => false);
}

test('if pixels are read exactly, a model is judged by its answer about a picture', async () => {
  pixels.areExact = true;
  expect(await trustsWrongModel()).toBe(false);
});

test('if the browser changes pixels, a wrong answer does not count against the model', async () => {
  pixels.areExact = false;
  expect(await trustsWrongModel()).toBe(true);
});
