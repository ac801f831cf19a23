// Compares paged experts on the processor engine with the reference, in Node. With every number of slots, down to the
// minimum, the answers must be those of the reference, and bit for bit those of the resident decoder.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PagingReport } from '../../../src/contract/answer.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  loadProcessorEngine,
  type ProcessorEngineOptions,
} from '../../../src/engine/load-processor-engine.ts';
import type { OpenReader } from '../../../src/engine/processor/blob-reader.ts';
import { processorSlotBytes } from '../../../src/engine/processor/expert-slots.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { RecencyFrequency } from '../../../src/paging/replacement.ts';
import { simulate } from '../../../src/paging/simulate.ts';
import { RoutingRecorder } from '../../bench/routing-recorder.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { kernelFiles } from '../../build/kernel-files.ts';
import { openKernels } from '../../../src/node/kernels.ts';
import { fixturePackage } from './fixture-package.ts';
import { furthest, greedySteps } from './greedy-steps.ts';
import { LIMITS } from './limits.ts';
import { measure, violations } from './measure.ts';
import { ReferenceFiles } from './reference-files.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const conversations = await reference.conversations();
const pixels = await reference.pixels();
const signal = new AbortController().signal;
const CASES = ['text', 'picture', 'two-pictures', 'second-turn'];
const SPEEDS = { readMs: 1, uploadMs: 1, layerMs: 1, tokenMs: 1 };

/**
 * The numbers of slots per layer. The last one is the minimum, as many as one token needs. The runs have quantised and
 * float experts.
 */
const RUNS = [
  { fixture: 'moe-untied', preset: 'balanced', goldens: 'moe-untied.balanced', slots: [16, 8, 5, 4] },
  { fixture: 'moe-fp8', preset: 'exact', goldens: 'moe-fp8', slots: [8, 4, 2] },
];

for (const { fixture, preset, goldens, slots } of RUNS) {
  describe.each(slots)(`${fixture} ${preset} with %i slots per layer`, (perLayer) => {
    const paged = open(fixture, preset, { perLayer });
    const golden = reference.goldens(goldens);

    test.each(CASES)('%s', async (name) => {
      const messages = conversations.get(name)!;
      const measured = await measure(name, messages, await paged, await golden, pixels);
      expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    });

    test('the logits equal those of the resident decoder, bit for bit', async () => {
      const engines = [await open(fixture, preset), await open(fixture, preset, { perLayer })];
      for (const name of CASES) expect(await differences(name, engines)).toBe(0);
    });
  });
}

test.each([8, 4])('with a thread that reads, %i slots per layer give the same bits', async (perLayer) => {
  const reading = { perLayer, threads: 2, openReader };
  const engines = [await open('moe-untied', 'balanced'), await open('moe-untied', 'balanced', reading)];
  for (const name of CASES) expect(await differences(name, engines)).toBe(0);
  const stop = new AbortController();
  const answer = engines[1]!.answer(
    conversations.get('picture')!,
    { maxTokens: 5, sampling: {} },
    (event) => {
      if (event.kind === 'stage' && event.stage === 'prefill') setImmediate(() => stop.abort());
    },
    stop.signal,
  );
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  for (const name of CASES) expect(await differences(name, engines)).toBe(0);
  await engines[1]!.dispose();
});

/** Reads in this thread, with a short delay like that of a separate thread. */
const openReader: OpenReader = (memory) =>
  Promise.resolve({
    async read(blob, address) {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      await new Promise((later) => setTimeout(later, 2));
      new Uint8Array(memory.buffer, address, bytes.byteLength).set(bytes);
    },
    dispose: () => undefined,
  });

test('two threads give the same bits as one', async () => {
  const paged = { perLayer: 5, threads: 2 };
  const engines = [await open('moe-untied', 'balanced'), await open('moe-untied', 'balanced', paged)];
  for (let repeat = 0; repeat < 3; repeat++) expect(await differences('two-pictures', engines)).toBe(0);
});

test.each([
  { perLayer: 8, lookAhead: 2 },
  { perLayer: 5, lookAhead: 1 },
  { perLayer: 4, lookAhead: 0 },
])('the simulator predicts every miss: $perLayer slots, $lookAhead ahead', async (options) => {
  const { perLayer, lookAhead } = options;
  const recorder = new RoutingRecorder();
  const engine = await open('moe-untied', 'balanced', {
    ...options,
    chunkTokens: 1, // the simulator has no chunks
    onRouting: (index, chosen, guesses) => recorder.add(index, chosen, guesses),
  });
  const reports: PagingReport[] = [];
  await engine.answer(
    conversations.get('text')!,
    { maxTokens: 24, sampling: {} },
    (event) => {
      if (event.kind === 'paging') reports.push(event.paging);
    },
    signal,
  );
  const { experts, expertsPerToken } = engine.files.config.text.moe!;
  const trace = recorder.trace(experts, expertsPerToken);
  const replacement = (): RecencyFrequency => new RecencyFrequency();
  const simulated = simulate(trace, { slots: perLayer, replacement, speeds: SPEEDS, lookAhead });
  expect(reports.length).toBe(trace.tokens.length);
  const misses = reports.reduce((sum, report) => sum + report.misses, 0);
  expect(misses).toBeGreaterThan(perLayer * trace.layers); // experts were evicted
  expect(misses).toBe(simulated.misses);
});

test('a stop takes effect between experts, and the next answer is right', async () => {
  const engine = await open('moe-untied', 'balanced', { perLayer: 4 });
  const stop = new AbortController();
  const answer = engine.answer(
    conversations.get('picture')!,
    { maxTokens: 5, sampling: {} },
    (event) => {
      if (event.kind === 'stage' && event.stage === 'prefill') setImmediate(() => stop.abort());
    },
    stop.signal,
  );
  await expect(answer).rejects.toMatchObject({ name: 'AbortError' });
  const golden = await reference.goldens('moe-untied.balanced');
  const measured = await measure('picture', conversations.get('picture')!, engine, golden, pixels);
  expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
});

test('an expert that cannot be read fails the answer, and the next one is right again', async () => {
  const store = await openDirectoryStore(fixturePackage('moe-untied', 'balanced'));
  let isBroken = false;
  const flaky: PackageStore = {
    manifest: store.manifest,
    file: (name) => store.file(name),
    shard: async (at) => (isBroken ? new Blob() : store.shard(at)),
  };
  const engine = await openStore(flaky, { perLayer: 4 });
  isBroken = true;
  const messages = conversations.get('text')!;
  const answer = engine.answer(messages, { maxTokens: 5, sampling: {} }, () => undefined, signal);
  await expect(answer).rejects.toMatchObject({ code: 'corrupt-shard' });
  isBroken = false;
  const golden = await reference.goldens('moe-untied.balanced');
  const measured = await measure('text', messages, engine, golden, pixels);
  expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
});

/**
 * The largest difference of two engines' logits, as a share of the largest logit. Both engines must have answered the
 * same messages before.
 */
async function differences(name: string, engines: readonly Engine[]): Promise<number> {
  const messages = conversations.get(name)!;
  const [expected, seen] = await Promise.all(engines.map((engine) => greedySteps(engine, messages)));
  return furthest(expected!, seen!);
}

interface OpenOptions extends ProcessorEngineOptions {
  /** The number of slots per layer; if omitted, all experts are resident. */
  perLayer?: number;
  threads?: number;
}

async function open(fixture: string, preset: string, options: OpenOptions = {}): Promise<Engine> {
  return openStore(await openDirectoryStore(fixturePackage(fixture, preset)), options);
}

async function openStore(
  store: PackageStore,
  { perLayer, threads = 1, ...options }: OpenOptions,
): Promise<Engine> {
  const paging =
    perLayer === undefined ? {} : { expertBudgetBytes: perLayer * processorSlotBytes(store.manifest) };
  const kernels = await openKernels(await kernelFiles(), threads);
  const all = { cache: 'f32' as const, ignoreStops: true, ...paging, ...options };
  return loadProcessorEngine(store, kernels, decodePhoto, all, signal);
}
