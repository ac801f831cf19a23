// The self-test that the processor engine writes, compared with the built-in model's file, which another engine wrote.

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { readModelCheck, type Reference } from '../engine/self-check/model-check.ts';
import { openDirectoryStore } from './directory-store.ts';
import { addSelfTest } from './write-self-test.ts';

const DEMO = 'public/models/demo';
const never = new AbortController().signal;
const kernels = await kernelFiles();

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'self-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('the self-test has the tokens and numbers of the package, and each run writes the same bytes', async () => {
  const known = await selfTestOf(DEMO);
  const copy = join(folder, 'demo');
  await cp(DEMO, copy, { recursive: true });
  expect(await addSelfTest(copy, kernels, never)).toBe(true);
  const written = await selfTestOf(copy);
  expect(written.steps.map(({ id }) => id)).toEqual(known.steps.map(({ id }) => id));
  for (const [at, step] of written.steps.entries()) {
    const { deviation, best } = known.steps[at]!;
    expect(step.best.map(({ id }) => id)).toEqual(best.map(({ id }) => id));
    const gaps = step.best.map(({ logit }, i) => Math.abs(logit - best[i]!.logit) / deviation);
    expect(Math.max(...gaps)).toBeLessThan(5e-4);
  }
  expect(written.stages).toHaveLength(known.stages.length);
  for (const [at, { samples }] of written.stages.entries()) {
    const stage = known.stages[at]!;
    const gaps = samples.map((sample, i) => Math.abs(sample - stage.samples[i]!) / stage.deviation);
    expect(Math.max(...gaps)).toBeLessThan(5e-4);
  }
  const manifest = await readManifest(copy);
  expect(await addSelfTest(copy, kernels, never)).toBe(true);
  expect(await readManifest(copy)).toEqual(manifest);
});

async function selfTestOf(directory: string): Promise<Reference> {
  const check = await readModelCheck(await openDirectoryStore(directory));
  if (check === undefined) throw new Error(`${directory} has no self-test.`);
  return check;
}

async function readManifest(directory: string): Promise<unknown> {
  return (await openDirectoryStore(directory)).manifest;
}
