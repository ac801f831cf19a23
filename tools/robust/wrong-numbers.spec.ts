// A device that computes wrongly is found before it answers: the self-test of the built-in model catches
// faults that are planted in the device's copies and shaders, another way is taken, and the answer is the
// right one.

import { expect, test, type Page } from '@playwright/test';
import { sampleOf } from '../../e2e/samples.ts';
import type { Judged } from './harness.ts';
import type { Plant } from './plant.ts';

const SAMPLE = sampleOf('signs');
const [{ words, answer: RIGHT }] = SAMPLE.questions;
const TURN = { url: SAMPLE.file.replace('public', ''), question: words };
const NEEDLE = 64;

test.describe.configure({ mode: 'serial', timeout: 900_000 });
let page: Page;
let models = 0;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await page.goto('/');
});

/** Each time a model of its own: what was seen of a device is remembered with the model. */
async function judge(plant?: Plant): Promise<Judged> {
  const id = `demo-${models++}`;
  const kept = await page.evaluate((name) => window.robust.keep('demo', name), id);
  expect(kept.kind, JSON.stringify(kept)).toBe('done');
  return page.evaluate(([model, turn, fault]) => window.robust.judge(model, turn, fault), [
    id,
    TURN,
    plant,
  ] as const);
}

async function expectFound(plant: Plant): Promise<void> {
  const { loaded, answer, isPlanted } = await judge(plant);
  expect(isPlanted, 'the fault took place').toBe(true);
  expect(loaded).toMatchObject({ kind: 'done', value: { backend: 'wasm', distrusted: ['f32'] } });
  expect(answer).toEqual({ kind: 'done', value: RIGHT });
}

test('a sound device is trusted, and remembered', async () => {
  const { loaded, answer } = await judge();
  expect(loaded).toMatchObject({ kind: 'done', value: { backend: 'webgpu', precision: 'f32' } });
  expect(loaded).not.toHaveProperty('value.distrusted');
  expect(answer).toEqual({ kind: 'done', value: RIGHT });
});

for (const at of process.env.LONG === '1' ? [777, 5003, 11_111] : [5003]) {
  test(`one swapped nibble in the device’s copy of a shard is found (byte ${at})`, async () => {
    const tensor = 'model.language_model.layers.1.self_attn.v_proj.weight';
    const { bytes } = await page.evaluate((name) => window.robust.stored(name), tensor);
    // A byte whose halves are alike would be no fault.
    const spoilt = bytes.findIndex((byte, index) => index >= at && Math.abs((byte & 15) - (byte >> 4)) > 3);
    await expectFound({ kind: 'nibble', weights: bytes.slice(0, NEEDLE), at: spoilt });
  });
}

test('a layer whose numbers overflow is found', async () => {
  const tensor = 'model.language_model.layers.2.input_layernorm.weight';
  const { bytes, dtype } = await page.evaluate((name) => window.robust.stored(name), tensor);
  expect(dtype).toBe('F32');
  await expectFound({ kind: 'overflow', weights: bytes.slice(0, NEEDLE), factor: 1e38 });
});

// Of the quantised product, which the operators' own check knows too, and of the norm of every layer,
// which only the whole model shows.
for (const shader of ['MatMulNBits', 'LayerNorm']) {
  test(`a shader that gives zeros is found (${shader})`, async () => {
    await expectFound({ kind: 'zeros', shader });
  });
}
