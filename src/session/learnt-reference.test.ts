// Tests the reference that the processor computes for a package without a self-test: how long it stays, for which
// package it counts, and that a stop or a failure stores nothing.

import { expect, test, vi } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { MODEL_CHECK_FILE } from '../engine/self-check/model-check.ts';
import { fail } from '../failure.ts';
import type { Manifest } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { openDirectoryStore } from '../node/directory-store.ts';
import { openEngine } from '../node/open-engine.ts';
import type { Verdicts } from '../weights/store/verdicts.ts';
import { ModelTrust } from './model-trust.ts';

vi.mock(import('../engine/photo/rgb-pixels.ts'), async (original) => ({
  ...(await original()),
  readsExactly: () => Promise.resolve(true),
}));

const never = new AbortController().signal;
const kernels = await kernelFiles();
const demo = await openDirectoryStore('public/models/demo');
const files = demo.manifest.files.filter(({ name }) => name !== MODEL_CHECK_FILE);

/** The built-in model without its self-test, with changes to its manifest. */
function withoutSelfTest(changes: Partial<Manifest> = {}): PackageStore {
  const manifest = { ...demo.manifest, files, ...changes };
  return { manifest, file: (name) => demo.file(name), shard: (index) => demo.shard(index) };
}

/** Keeps references as the storage of a browser does. */
function memory() {
  const kept = new Map<string, object>();
  const verdicts = {
    reference: (id: string, hash: string) => Promise.resolve(kept.get(id + hash)),
    noteReference: (id: string, hash: string, reference: object) =>
      Promise.resolve(void kept.set(id + hash, reference)),
  } as unknown as Verdicts;
  const hasReference = async (store: PackageStore): Promise<boolean> =>
    (await ModelTrust.open(verdicts, 'model', store)).hasReference;
  return { kept, verdicts, hasReference };
}

type Open = Parameters<ModelTrust['learn']>[0];
const onProcessor: Open = (options) => openEngine(withoutSelfTest(), kernels, options, never);

test('a computed reference serves later loads of the same package, and no other package', async () => {
  const { verdicts, hasReference } = memory();
  expect(await hasReference(withoutSelfTest())).toBe(false);
  const trust = await ModelTrust.open(verdicts, 'model', withoutSelfTest());
  await trust.learn(onProcessor, never);
  expect(trust.hasReference).toBe(true);
  expect(await hasReference(withoutSelfTest())).toBe(true);

  const [shard, ...shards] = demo.manifest.shards;
  expect(await hasReference(withoutSelfTest({ shards: [{ ...shard!, sha256: '0' }, ...shards] }))).toBe(
    false,
  );
  const otherConfig = files.map((file) => (file.name === 'config.json' ? { ...file, sha256: '0' } : file));
  expect(await hasReference(withoutSelfTest({ files: otherConfig }))).toBe(false);
});

test('a stop ends the computation and stores nothing, and the next load begins it again', async () => {
  const { kept, verdicts, hasReference } = memory();
  const stop = new AbortController();
  const open: Open = async (options) => {
    const opened = await onProcessor(options);
    stop.abort();
    return opened;
  };
  const stopped = await ModelTrust.open(verdicts, 'model', withoutSelfTest());
  await expect(stopped.learn(open, stop.signal)).rejects.toThrow();
  expect([stopped.hasReference, stopped.isInDoubt, kept.size]).toEqual([false, false, 0]);

  await (await ModelTrust.open(verdicts, 'model', withoutSelfTest())).learn(onProcessor, never);
  expect(await hasReference(withoutSelfTest())).toBe(true);
});

for (const code of ['too-large-for-processor', 'out-of-memory'] as const) {
  test(`if the processor cannot compute a reference, the model is used without (${code})`, async () => {
    const { kept, verdicts } = memory();
    const trust = await ModelTrust.open(verdicts, 'model', withoutSelfTest());
    await trust.learn(() => Promise.resolve().then(() => fail(code, 'There is too little memory.')), never);
    expect([trust.hasReference, trust.isInDoubt, kept.size]).toEqual([false, false, 0]);
  });
}
