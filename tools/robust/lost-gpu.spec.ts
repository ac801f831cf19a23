// A device is taken away at every stage of a conversation, at seeded moments: the conversation goes on,
// and every answer is the one that was given without the loss. `LONG=1`: 20 times per stage.

import { expect, test, type Page } from '@playwright/test';
import { random } from '../weights/random.ts';
import type { Conversed, Strike, Turn } from './harness.ts';

const TIMES = process.env.LONG === '1' ? 20 : 2;
const MODEL = 'dense-tied-exact';
const TURNS: Turn[] = [
  { picture: 'odd.png', question: 'Describe this image in detail.' },
  { picture: 'second.png', question: 'And this one?' },
  { picture: 'odd.png', question: 'Are they the same?' },
];
const STAGES = ['loading', 'vision', 'prefill', 'answering', 'between turns'] as const;

const converse = (page: Page, strike?: Strike): Promise<Conversed> =>
  page.evaluate(([model, turns, fault]) => window.robust.converse(model, turns, fault), [
    MODEL,
    TURNS,
    strike,
  ] as const);

test('a lost GPU is recovered at every stage, with the same answers', async ({ page }) => {
  test.setTimeout(TIMES * 150_000);
  await page.goto('/');
  const kept = await page.evaluate((name) => window.robust.keep(name), MODEL);
  expect(kept.kind, JSON.stringify(kept)).toBe('done');
  const sound = await converse(page);
  expect(sound.workers).toBe(1);
  expect(sound.answers.map(({ kind }) => kind)).toEqual(['done', 'done', 'done']);

  const next = random(7);
  const recovered: Record<string, number> = {};
  for (const stage of STAGES) {
    recovered[stage] = 0;
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
      if (JSON.stringify(struck.answers) === JSON.stringify(sound.answers)) recovered[stage]++;
    }
  }
  console.log(`recovered of ${TIMES} each: ${JSON.stringify(recovered)}`);
});
