// Tests that a device that computes wrongly is detected before it answers. The self-test in a model's package must
// catch faults planted in the device's weights and shaders. The app must then switch to another backend and answer
// correctly. The faults are planted in a small model, which a software adapter runs in seconds; model-check.test.ts (in
// src/engine/self-check) tests on the processor that the built-in model's self-test is as sensitive.

import { expect, test, type Page } from '@playwright/test';
import type { Judged, Trial } from './harness.ts';
import type { Plant } from './plant.ts';

const MODEL = 'dense-checked-balanced';
const TURN = { picture: 'odd.png', question: 'What is in the picture?' };
const NEEDLE = 64;

test.describe.configure({ timeout: 900_000 });
let page: Page;
let right: Judged['answer'];
let models = 0;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto('/');
  // The processor engine, which also computed the self-test, gives the right answer.
  const onProcessor = await judge(await keep(MODEL), { backend: 'wasm', turn: TURN });
  right = onProcessor.answer;
  expect(right).toEqual({ kind: 'done', value: expect.stringMatching(/./) as unknown });
});

/** Stores the model under a new id each time, because verdicts on a device are stored per model. */
async function keep(name: string): Promise<string> {
  const id = `${name}-${models++}`;
  const kept = await page.evaluate(([from, as]) => window.robust.keep(from, as), [name, id] as const);
  expect(kept.kind, JSON.stringify(kept)).toBe('done');
  return id;
}

function judge(model: string, trial: Trial): Promise<Judged> {
  return page.evaluate(([id, asked]) => window.robust.judge(id, asked), [model, trial] as const);
}

async function expectFound(plant: Plant): Promise<void> {
  const found = await judge(await keep(MODEL), { turn: TURN, plant });
  expect(found.isPlanted, 'the fault took place').toBe(true);
  expectDistrusted(found);
}

function expectDistrusted({ loaded, answer }: Judged): void {
  expect(loaded, JSON.stringify(loaded)).toMatchObject({
    kind: 'done',
    value: { backend: 'wasm', distrusted: ['f32'] },
  });
  expect(answer).toEqual(right);
}

function expectTrusted({ loaded }: Judged): void {
  expect(loaded).toMatchObject({ kind: 'done', value: { backend: 'webgpu', precision: 'f32' } });
  expect(loaded).not.toHaveProperty('value.distrusted');
}

test('the app trusts a sound device, and remembers that', async () => {
  const model = await keep(MODEL);
  const first = await judge(model, { turn: TURN });
  expectTrusted(first);
  expect(first.answer).toEqual(right);
  // The self-test is not repeated within a week, so the shaders of the layers are not even created.
  const again = await judge(model, { plant: { kind: 'zeros', shader: 'LayerNorm' } });
  expect(again.isPlanted, 'the model was asked again').toBe(false);
  expectTrusted(again);
});

test('the app trusts a sound device with the built-in model', async () => {
  expectTrusted(await judge(await keep('demo'), {}));
});

async function swappedNibble(at: number): Promise<Plant> {
  const tensor = 'model.language_model.layers.1.self_attn.v_proj.weight';
  const { bytes } = await page.evaluate(([of, name]) => window.robust.stored(of, name), [
    MODEL,
    tensor,
  ] as const);
  // Skip bytes whose halves are similar: swapping those would be no fault.
  const spoilt = bytes.findIndex((byte, index) => index >= at && Math.abs((byte & 15) - (byte >> 4)) > 3);
  return { kind: 'nibble', weights: bytes.slice(0, NEEDLE), at: spoilt };
}

for (const at of process.env.LONG === '1' ? [777, 5003, 11_111] : [5003]) {
  test(`the self-test finds one swapped nibble in the device’s copy of a shard (byte ${at})`, async () => {
    await expectFound(await swappedNibble(at));
  });
}

test('a package without a self-test gets one from the processor, once, and that finds a fault of the device', async () => {
  // The same weights as in MODEL, converted without a self-test.
  const model = await keep('dense-tied-balanced');
  const plant = await swappedNibble(5003);
  const skipped = await judge(model, { plant, skipJudge: true });
  expectTrusted(skipped);
  const found = await judge(model, { turn: TURN, plant });
  expectDistrusted(found);
  const again = await judge(model, {});
  // The verdict is remembered as well.
  expect(again.loaded).toMatchObject({ value: { backend: 'wasm', distrusted: ['f32'] } });
  expect([skipped, found, again].map(({ isPlanted }) => isPlanted)).toEqual([true, true, false]);
  expect([skipped, found, again].map(({ isJudged }) => isJudged)).toEqual([false, true, false]);
});

test('the self-test finds a layer whose numbers overflow', async () => {
  const tensor = 'model.language_model.layers.2.input_layernorm.weight';
  const { bytes, dtype } = await page.evaluate(([of, name]) => window.robust.stored(of, name), [
    MODEL,
    tensor,
  ] as const);
  expect(dtype).toBe('F32');
  await expectFound({ kind: 'overflow', weights: bytes.slice(0, NEEDLE), factor: 1e38 });
});

// The quantised matrix product, which the operator checks also cover, and the norm of every layer, whose faults show
// only in the whole model.
for (const shader of ['MatMulNBits', 'LayerNorm']) {
  test(`the self-test finds a shader that gives zeros (${shader})`, async () => {
    await expectFound({ kind: 'zeros', shader });
  });
}
