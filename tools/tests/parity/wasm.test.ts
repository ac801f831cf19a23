// Compares every fixture, case and preset with the reference on onnxruntime-web's WASM build in Node: with weights
// expanded to f32, and with the quantised operators. The product does not use it; it checks the graphs.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Message } from '../../../src/contract/conversation.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { EngineOptions } from '../../../src/engine/engine-options.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { createNodeWasmRuntime } from '../support/node-wasm-runtime.ts';
import { fixturePackage } from './fixture-package.ts';
import { LIMITS } from './limits.ts';
import { measure, violations, type Measurement } from './measure.ts';
import { ReferenceFiles, type Goldens } from './reference-files.ts';
import { parityTable, type Column } from './table.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const signal = new AbortController().signal;

/** PARITY_PRESETS=exact omits the quantised presets. */
const presets = (process.env.PARITY_PRESETS ?? 'exact balanced small').split(' ');
const ALL_RUNS: { fixture: string; preset: string; expand: boolean }[] = [
  ...['dense-tied', 'moe-untied', 'moe-fp8'].map((fixture) => ({ fixture, preset: 'exact', expand: true })),
  ...['dense-tied', 'moe-untied'].flatMap((fixture) =>
    ['balanced', 'small'].flatMap((preset) => [true, false].map((expand) => ({ fixture, preset, expand }))),
  ),
];

const RUNS = ALL_RUNS.filter(({ preset }) => presets.includes(preset));
const columns: Column[] = [];
const conversations = await reference.conversations();
const pixels = await reference.pixels();
const runtime = await createNodeWasmRuntime();

afterAll(() => console.log(`\n${parityTable(columns)}\n`));

describe.each(RUNS)('$fixture $preset, expanded: $expand', ({ fixture, preset, expand }) => {
  const measured: Measurement[] = [];
  columns.push({ name: `${fixture} ${preset}, wasm f32${expand ? '' : ', quantised operators'}`, measured });
  const golden = reference.goldens(preset === 'exact' ? fixture : `${fixture}.${preset}`);
  const opened = open(fixture, preset, { expand });

  test.each([...conversations.keys()])('%s', async (name) => {
    const measurement = await measureCase(name, await opened, await golden);
    measured.push(measurement);
    expect(violations(measurement, LIMITS['wasm f32'])).toEqual([]);
  });

  if (preset === 'exact') return;
  test('the goldens were made from the same shards', async () => {
    const { manifest } = await openDirectoryStore(fixturePackage(fixture, preset));
    const shards = (await golden).facts.at('shards_sha256').list((shard) => shard.string());
    expect(manifest.shards.map(({ sha256 }) => sha256)).toEqual(shards);
  });
});

async function measureCase(name: string, engine: Engine, golden: Goldens): Promise<Measurement> {
  const messages: readonly Message[] = conversations.get(name)!;
  return measure(name, messages, engine, golden, pixels);
}

async function open(fixture: string, preset: string, options: EngineOptions): Promise<Engine> {
  const store = await openDirectoryStore(fixturePackage(fixture, preset));
  return loadEngine(store, runtime, decodePhoto, { ...options, ignoreStops: true }, signal);
}
