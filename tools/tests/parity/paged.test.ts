// Compares paged experts with the reference on the WASM backend in Node. With every number of slots, down to the
// minimum, the tokens, logits and routing must equal those of the resident decoder.

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { loadEngine } from '../../../src/engine/load-engine.ts';
import { slotBytes } from '../../../src/engine/decoder/paged/expert-slots.ts';
import type { Runtime } from '../../../src/engine/runtime/runtime.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { createNodeWasmRuntime } from '../support/node-wasm-runtime.ts';
import { fixturePackage } from './fixture-package.ts';
import { furthest, greedySteps } from './greedy-steps.ts';
import { LIMITS } from './limits.ts';
import { measure, violations } from './measure.ts';
import { ReferenceFiles } from './reference-files.ts';

const REFERENCE = resolve(import.meta.dirname, '../../reference');
const reference = new ReferenceFiles((path) => readFile(join(REFERENCE, path)));
const conversations = await reference.conversations();
const pixels = await reference.pixels();
const runtime = await createNodeWasmRuntime();
const signal = new AbortController().signal;
const CASES = ['text', 'picture', 'two-pictures', 'second-turn'];

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
    const opened = open(fixture, preset, perLayer);
    const golden = reference.goldens(goldens);

    test.each(CASES)('%s', async (name) => {
      const messages = conversations.get(name)!;
      const measured = await measure(name, messages, await opened, await golden, pixels);
      expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    });
  });
}

// The model has 8 experts, of which a token uses 2. The slots hold all of them, half, and a quarter, which is the
// minimum.
describe.each([8, 4, 2])('the built-in model with %i slots per layer', (perLayer) => {
  const resident = openStore('public/models/demo');
  const paged = openStore('public/models/demo', perLayer);

  test.each(CASES)('%s', async (name) => {
    const messages = conversations.get(name)!;
    const expected = await greedySteps(await resident, messages);
    expect(furthest(expected, await greedySteps(await paged, messages))).toBeLessThan(1e-4);
  });
});

describe('a conversation that continues', () => {
  test('a second turn computes only its new tokens, with as few slots as possible', async () => {
    const engine = await open('moe-untied', 'balanced', 4);
    const messages = conversations.get('second-turn')!;
    await engine.answer(messages.slice(0, 2), { maxTokens: 5, sampling: {} }, () => undefined, signal);
    const golden = await reference.goldens('moe-untied.balanced');
    const seen: number[] = [];
    const measured = await measure('second-turn', messages, engine, golden, pixels, (done) =>
      seen.push(done),
    );
    expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
    expect(Math.min(...seen)).toBeGreaterThan(10); // the first turn was not computed again
  });

  test('an expert that cannot be read fails the answer, and the next one is right again', async () => {
    const store = await openDirectoryStore(fixturePackage('moe-untied', 'balanced'));
    let isBroken = false;
    const expertBudgetBytes = 4 * slotBytes(store.manifest, 'f32');
    const flaky: PackageStore = {
      manifest: store.manifest,
      file: (name) => store.file(name),
      shard: async (at) => (isBroken ? damaged(await store.shard(at)) : store.shard(at)),
    };
    const engine = await loadEngine(
      ...[flaky, runtime, decodePhoto, { expertBudgetBytes, ignoreStops: true }, signal],
    );
    const golden = await reference.goldens('moe-untied.balanced');
    isBroken = true;
    const messages = conversations.get('text')!;
    await expect(
      engine.answer(messages, { maxTokens: 5, sampling: {} }, () => undefined, signal),
    ).rejects.toMatchObject({ code: 'corrupt-shard' });
    isBroken = false;
    const measured = await measure('text', messages, engine, golden, pixels);
    expect(violations(measured, LIMITS['wasm f32'])).toEqual([]);
  });
});

test('a slot that was overwritten is detected', async () => {
  const golden = await reference.goldens('moe-untied.balanced');
  for (const wrongWrite of [undefined, 20]) {
    const engine = await open('moe-untied', 'balanced', 8, writingWrongly(wrongWrite));
    const measured = await measure('text', conversations.get('text')!, engine, golden, pixels);
    const wrong = violations(measured, LIMITS['wasm f32']);
    if (wrongWrite === undefined) expect(wrong).toEqual([]);
    else expect(wrong.join()).toMatch(/logits|greedy/);
  }
});

/** A runtime that also writes the n-th expert into the first slot, overwriting the expert there. */
function writingWrongly(n: number | undefined): Runtime {
  let writes = 0;
  const write: Runtime['write'] = (tensor, offset, bytes) => {
    runtime.write(tensor, offset, bytes);
    // An expert is written in four parts.
    if (Math.floor(writes++ / 4) === n) runtime.write(tensor, 0, bytes);
  };
  return new Proxy(runtime, {
    get(target, name): unknown {
      const value: unknown = name === 'write' ? write : Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}

/** A Blob whose slices cannot be read, like those of a file that was deleted. */
function damaged(blob: Blob): Blob {
  return new Proxy(blob, {
    get(target, name): unknown {
      if (name === 'slice') return (from: number, to: number) => damaged(target.slice(from, to));
      if (name === 'arrayBuffer') return () => Promise.reject(new DOMException('', 'NotReadableError'));
      return Reflect.get(target, name, target);
    },
  });
}

function open(fixture: string, preset: string, perLayer: number, on: Runtime = runtime): Promise<Engine> {
  return openStore(fixturePackage(fixture, preset), perLayer, on);
}

/** If `perLayer` is omitted, all experts are resident. */
async function openStore(folder: string, perLayer?: number, on: Runtime = runtime): Promise<Engine> {
  const store: PackageStore = await openDirectoryStore(folder);
  const paging =
    perLayer === undefined ? {} : { expertBudgetBytes: perLayer * slotBytes(store.manifest, 'f32') };
  return loadEngine(store, on, decodePhoto, { ...paging, ignoreStops: true }, signal);
}
