// Tests the promise of the first page: a user who clicks a sample and one of its questions gets the right answer.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { loadProcessorEngine } from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openClip } from '../../../src/node/open-clip.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { LANGUAGES, mediaOf, parseSamples } from './samples.ts';
import { isRight } from './scoring.ts';

const PUBLIC = resolve(import.meta.dirname, '../../../public');
const INDEX = join(PUBLIC, 'samples/index.json');

test('the shipped package answers every question of every sample rightly', async () => {
  const never = new AbortController().signal;
  const samples = parseSamples(JSON.parse(readFileSync(INDEX, 'utf8')), INDEX);
  const kernels = await openKernels(await kernelFiles(), 1);
  const store = await openDirectoryStore(join(PUBLIC, 'models/demo'));
  const engine = await loadProcessorEngine(store, kernels, decodePhoto, { openClip }, never);
  const wrong: string[] = [];
  expect(samples.length).toBeGreaterThanOrEqual(12);
  for (const sample of samples) {
    const media = await mediaOf(sample, join(PUBLIC, 'samples'));
    for (const question of sample.questions) {
      for (const lang of LANGUAGES) {
        const content = [...media, { type: 'text' as const, text: question.text[lang] }];
        const options = { maxTokens: 200, sampling: {} };
        const { text } = await engine.answer([{ role: 'user', content }], options, () => undefined, never);
        const { answer, metric, scale } = question;
        if (!isRight(text, answer[lang], metric, scale)) {
          wrong.push(
            `${sample.clip ?? sample.images[0]}: ${question.text[lang]} → ${text}, not ${answer[lang]}`,
          );
        }
      }
    }
  }
  await engine.dispose();
  kernels.dispose();
  expect(wrong).toEqual([]);
});
