import { expect, test } from 'vitest';
import { openDirectoryStore } from '../../../tools/node/directory-store.ts';
import { decodePhoto } from '../../../tools/node/decode-photo.ts';
import { createNodeRuntime } from '../../../tools/node/runtime.ts';
import { loadEngine } from '../load-engine.ts';
import { difference, modelIsRight, observe, readModelCheck, summary, type Observed } from './model-check.ts';

const never = new AbortController().signal;
const DEMO = 'public/models/demo';

function logits(change: (index: number) => number): Observed {
  return [{ id: 7, logits: Float32Array.from({ length: 100 }, (_, i) => Math.sin(i) * 5 + change(i)) }];
}
const reference = summary(logits(() => 0)).steps;

test('equal numbers differ by nothing, others by what they differ', () => {
  expect(
    difference(
      logits(() => 0),
      reference,
    ),
  ).toBeLessThan(1e-6);
  // A deviation of 3.5: everything is moved by a tenth of it.
  expect(
    difference(
      logits(() => 0.354),
      reference,
    ),
  ).toBeCloseTo(0.1, 2);
});

test('what is no number, and what did not come, is never right', () => {
  expect(
    difference(
      logits((i) => (i === 50 ? NaN : 0)),
      reference,
    ),
  ).toBeNaN();
  expect(
    difference(
      logits(() => -Infinity),
      reference,
    ),
  ).toBeNaN();
  expect(difference([], reference)).toBeNaN();
});

test('after a near tie the answers may part', () => {
  const [first] = logits(() => 0);
  const other = { id: 8, logits: first!.logits };
  const longer = [...reference, { id: 1, mean: 99, deviation: 1, best: [] }];
  expect(difference([other], longer)).toBeLessThan(1e-6);
});

test('the built-in model is what its package says, and forgets that it was asked', async () => {
  const store = await openDirectoryStore(DEMO);
  const steps = await readModelCheck(store);
  expect(steps?.length, 'npm run self-test -- public/models/demo writes it').toBeGreaterThan(0);
  const runtime = await createNodeRuntime({ backend: 'wasm' });
  const engine = await loadEngine(store, runtime, decodePhoto, {}, never);
  try {
    expect(await modelIsRight(engine, steps ?? [], never)).toBe(true);
    const first = await observe(engine, never);
    const again = await observe(engine, never);
    expect(again).toEqual(first);
  } finally {
    await engine.dispose();
    runtime.dispose();
  }
});
