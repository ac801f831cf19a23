// Compares every fixture, case and preset with the reference on the processor engine in Node. The cache holds f32,
// except in one run, which uses f16 as by default.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  loadProcessorEngine,
  type ProcessorEngineOptions,
} from '../../../src/engine/load-processor-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { fixturePackage } from './fixture-package.ts';
import { hashesOf } from './greedy-steps.ts';
import { LIMITS } from './limits.ts';
import { measure, violations, type Measurement } from './measure.ts';
import { ReferenceFiles, type Goldens } from './reference-files.ts';
import { parityTable, type Column } from './table.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const signal = new AbortController().signal;

/** PARITY_PRESETS=exact omits the quantised presets. */
const presets = (process.env.PARITY_PRESETS ?? 'exact balanced small').split(' ');
const ALL_RUNS = [
  ...['dense-tied', 'moe-untied', 'moe-fp8'].map((fixture) => ({ fixture, preset: 'exact' })),
  ...['dense-tied', 'moe-untied'].flatMap((fixture) =>
    ['balanced', 'small'].map((preset) => ({ fixture, preset })),
  ),
];
const RUNS = ALL_RUNS.filter(({ preset }) => presets.includes(preset)).map((run) => ({
  ...run,
  cache: 'f32' as const,
}));

const columns: Column[] = [];
const conversations = await reference.conversations();
const pixels = await reference.pixels();

afterAll(() => console.log(`\n${parityTable(columns)}\n`));

describe.each([...RUNS, { fixture: 'dense-tied', preset: 'exact', cache: 'f16' as const }])(
  '$fixture $preset, cache in $cache',
  ({ fixture, preset, cache }) => {
    const measured: Measurement[] = [];
    columns.push({ name: `${fixture} ${preset}, cache ${cache}`, measured });
    const golden = reference.goldens(preset === 'exact' ? fixture : `${fixture}.${preset}`);
    let engine: Engine;
    beforeAll(async () => {
      engine = await open(fixture, preset, { cache });
    });

    test.each([...conversations.keys()])('%s', async (name) => {
      const measurement = await measureCase(name, engine, await golden);
      measured.push(measurement);
      expect(violations(measurement, LIMITS['wasm f32'])).toEqual([]);
    });
  },
);

const REPETITIONS = process.env.LONG === '1' ? 200 : 20;

test.each(['dense-tied', 'moe-untied'])(
  'the same bits on 1, 2 and 4 threads, each time (%s)',
  async (fixture) => {
    const hashes = new Set<string>();
    for (const threads of [1, 2, 4]) {
      const engine = await open(fixture, 'balanced', { cache: 'f32' }, threads);
      const seen = await hashesOf(engine, conversations.get('picture')!, threads === 1 ? 1 : REPETITIONS);
      for (const hash of seen) hashes.add(hash);
    }
    expect(hashes.size).toBe(1);
  },
);

describe('a conversation that continues', () => {
  test('a second turn computes only its new tokens, on two threads', async () => {
    const engine = await open('moe-untied', 'balanced', { cache: 'f32' }, 2);
    const messages = conversations.get('second-turn')!;
    await engine.answer(messages.slice(0, 2), { maxTokens: 5, sampling: {} }, () => undefined, signal);
    const seen: number[] = [];
    const golden = await reference.goldens('moe-untied.balanced');
    const measured = await measureCase('second-turn', engine, golden, (done) => seen.push(done));
    expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    expect(Math.min(...seen)).toBeGreaterThan(10); // the first turn was not computed again
  });

  test('asking again computes one token; another picture never reuses the features of the first', async () => {
    const engine = await open('moe-untied', 'exact', { cache: 'f32' });
    const golden = await reference.goldens('moe-untied');
    await measureCase('picture', engine, golden);
    const again: number[] = [];
    expect(
      violations(await measureCase('picture', engine, golden, (at) => again.push(at)), LIMITS['wasm f32']),
    ).toEqual([]);
    expect(again).toEqual([golden.ints('picture.input_ids')!.length - 1]);
    const other = await measureCase('tall', engine, golden);
    expect(violations(other, LIMITS['wasm f32'])).toEqual([]);
  });

  test('small chunks give the same result as one chunk', async () => {
    const engine = await open('moe-untied', 'exact', { cache: 'f32', chunkTokens: 7 });
    const golden = await reference.goldens('moe-untied');
    for (const name of ['mixed', 'two-pictures']) {
      expect(violations(await measureCase(name, engine, golden), LIMITS['wasm f32'])).toEqual([]);
    }
  });

  test.each(['vision', 'prefill'])(
    'a stop is heard in the middle of %s, and the next answer is right',
    async (stage) => {
      const engine = await open('dense-tied', 'balanced', { cache: 'f32' });
      const stop = new AbortController();
      const answer = engine.answer(
        conversations.get('picture')!,
        { maxTokens: 5, sampling: {} },
        (event) => {
          // The stage begins after this event, so the stop arrives while the layers of the stage run.
          if (event.kind === 'stage' && event.stage === stage) setImmediate(() => stop.abort());
        },
        stop.signal,
      );
      await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
      const golden = await reference.goldens('dense-tied.balanced');
      const measured = await measureCase('picture', engine, golden);
      expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    },
  );
});

async function measureCase(
  name: string,
  engine: Engine,
  golden: Goldens,
  onPrefill?: (done: number) => void,
): Promise<Measurement> {
  return measure(name, conversations.get(name)!, engine, golden, pixels, onPrefill);
}

async function open(
  fixture: string,
  preset: string,
  options: ProcessorEngineOptions,
  threads = 1,
): Promise<Engine> {
  const store = await openDirectoryStore(fixturePackage(fixture, preset));
  const kernels = await openKernels(await kernelFiles(), threads);
  return loadProcessorEngine(store, kernels, decodePhoto, { ...options, ignoreStops: true }, signal);
}
