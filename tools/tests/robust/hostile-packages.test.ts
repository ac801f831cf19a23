// Tests hostile packages on the code path of the command line, with the processor engine. Each must end in a failure with its
// own code, and the next model must answer.

import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import type { RunLimited } from '../../../src/engine/prompt/run-limited.ts';
import { describe as describeFailure } from '../../../src/failure.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { runFor } from '../../../src/node/run-limited.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { verifyShards } from '../../../src/node/verify-shards.ts';
import { fixturePackage } from '../parity/fixture-package.ts';
import { fileBlob } from '../../../src/node/file-blob.ts';
import { HOSTILE_PACKAGES, makeHostile } from './hostile-packages.ts';

const never = new AbortController().signal;
const kernels = await openKernels(await kernelFiles(), 1);
/** A limiter like that of the command line, but with a short limit, because an exploding pattern never ends. */
const runLimited: RunLimited = (job) => runFor(job, 2000);
const PICTURE = resolve(import.meta.dirname, '../../reference/pictures');
let root = '';
let sound = '';

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hostile-'));
  sound = join(root, 'sound');
  cpSync(fixturePackage('dense-tied', 'exact'), sound, { recursive: true });
}, 100_000);
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

async function answerOf(folder: string): Promise<string> {
  const store = await openDirectoryStore(folder);
  await verifyShards(store);
  const engine = await loadProcessorEngine(store, kernels, decodePhoto, { runLimited }, never);
  try {
    const content = [
      { type: 'image' as const, photo: await fileBlob(join(PICTURE, 'alpha.png')) },
      { type: 'text' as const, text: `${'a'.repeat(40)}!` },
    ];
    const options = { maxTokens: 2, sampling: {} };
    return (await engine.answer([{ role: 'user', content }], options, () => undefined, never)).text;
  } finally {
    await engine.dispose();
  }
}

test('there are at least 20 kinds', () => {
  expect(HOSTILE_PACKAGES.length).toBeGreaterThanOrEqual(20);
});

for (const hostile of HOSTILE_PACKAGES) {
  test(
    hostile.name,
    async () => {
      const folder = join(root, hostile.name);
      makeHostile(sound, hostile, folder);
      const failure = await answerOf(folder).then(
        (text) => ({ code: 'answered', message: text }),
        (error: unknown) => describeFailure(error),
      );
      console.log(`${hostile.name}: ${failure.code}: ${failure.message.split('\n')[0]?.slice(0, 150) ?? ''}`);
      expect(failure.code, failure.message).not.toBe('bug');
      expect(failure.code).not.toBe('answered');
      if (hostile.code !== undefined) expect(failure.code).toBe(hostile.code);
      expect(failure.message).not.toContain('root:');
    },
    100_000,
  );
}

test('the sound package answers afterwards', async () => {
  await expect(answerOf(sound)).resolves.not.toBe('');
}, 100_000);
