// Tests the loss of the GPU device at every stage of a conversation, at seeded moments. The conversation must continue,
// and every answer must equal the answer without the loss. `LONG=1` tests every stage 20 times.

import { expect, test, type Page } from '@playwright/test';
import { random } from '../support/random.ts';
import type { Conversed, Strike, Turn } from './harness.ts';

const TIMES = process.env.LONG === '1' ? 20 : 1;
const MODEL = 'dense-tied-exact';
const TURNS: Turn[] = [
  { picture: 'odd.png', question: 'Describe this image in detail.' },
  { question: 'And the colours?' },
];
const STAGES = ['loading', 'vision', 'prefill', 'answering', 'between turns'] as const;
/** The stages that run without LONG=1. A loss at any other stage is recovered by the same steps. */
const SHORT: readonly string[] = ['loading', 'vision', 'answering'];

const converse = (page: Page, strike?: Strike): Promise<Conversed> =>
  page.evaluate(([model, turns, fault]) => window.robust.converse(model, turns, fault), [
    MODEL,
    TURNS,
    strike,
  ] as const);

test.describe.configure({ mode: 'serial', timeout: TIMES * 240_000 + 120_000 });
let page: Page;
let sound: Conversed;

test.beforeAll(async ({ browser }) => {
  // On a busy machine, a software adapter takes long to compile shaders.
  test.setTimeout(400_000);
  page = await browser.newPage();
  await page.goto('/');
  const kept = await page.evaluate((name) => window.robust.keep(name), MODEL);
  expect(kept.kind, JSON.stringify(kept)).toBe('done');
  sound = await converse(page);
  expect(sound.workers).toBe(1);
  // The device check must have passed on this adapter.
  expect(sound.backend).toBe('webgpu');
  expect(sound.answers.map(({ kind }) => kind)).toEqual(TURNS.map(() => 'done'));
});

for (const [seed, stage] of STAGES.entries()) {
  if (process.env.LONG !== '1' && !SHORT.includes(stage)) continue;
  test(`a GPU that is lost ${stage === 'between turns' ? stage : `while ${stage}`} is recovered`, async () => {
    const next = random(seed);
    let recovered = 0;
    for (let time = 0; time < TIMES; time++) {
      const strike: Strike =
        stage === 'between turns'
          ? { stage, after: 1 + Math.floor(next() * (TURNS.length - 1)) }
          : { stage, call: 1 + Math.floor(next() * sound.calls[stage]) };
      const struck = await converse(page, strike);
      const what = JSON.stringify(strike);
      expect.soft(struck.workers, `${what}: a second worker took over`).toBe(2);
      expect.soft(struck.answers, what).toEqual(sound.answers);
      expect.soft(struck.streamed, what).toEqual(sound.streamed);
      if (JSON.stringify(struck.answers) === JSON.stringify(sound.answers)) recovered++;
    }
    console.log(`${stage}: ${recovered} of ${TIMES} recovered with the same answers`);
  });
}
