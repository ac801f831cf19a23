// Paged experts against the reference on the WASM backend in Node: every residency down to the fewest
// legal slots must give what the resident decoder gives, tokens, logits and routing.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/engine/load-engine.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { slotBytes } from '../../src/engine/paged/expert-slots.ts';
import type { PackageStore } from '../../src/format/package-store.ts';
import { decodePhoto } from '../node/decode-photo.ts';
import { openDirectoryStore } from '../node/directory-store.ts';
import { createNodeRuntime } from '../node/runtime.ts';
import { fixturePackage } from './fixture-package.ts';
import { LIMITS } from './limits.ts';
import { measure, violations } from './measure.ts';
import { ReferenceFiles } from './reference-files.ts';

const REFERENCE = resolve(import.meta.dirname, '../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const conversations = await reference.conversations();
const pixels = await reference.pixels();
const runtime = await createNodeRuntime({ backend: 'wasm' });
const signal = new AbortController().signal;
const CASES = ['text', 'picture', 'two-pictures', 'second-turn'];

/** Slots per layer; the last is as many as a token needs. Quantised and float experts. */
const RUNS = [
  { fixture: 'moe-untied', preset: 'balanced', goldens: 'moe-untied.balanced', slots: [16, 8, 5, 4] },
  { fixture: 'moe-fp8', preset: 'exact', goldens: 'moe-fp8', slots: [8, 4, 2] },
];

for (const { fixture, preset, goldens, slots } of RUNS) {
  describe.each(slots)(`${fixture} ${preset} with %i slots per layer`, (perLayer) => {
    const opened = open(fixture, preset, perLayer);
    const golden = reference.goldens(goldens);

    test.each(CASES)('%s', async (name) => {
      const messages = conversations.get(name)!;
      const measured = await measure(name, messages, await opened, runtime, await golden, pixels);
      expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    });
  });
}

async function open(fixture: string, preset: string, perLayer: number): Promise<Engine> {
  const store: PackageStore = await openDirectoryStore(fixturePackage(fixture, preset));
  const expertBudgetBytes = perLayer * slotBytes(store.manifest, 'f32');
  return loadEngine(store, runtime, decodePhoto, { expertBudgetBytes, ignoreStops: true }, signal);
}
