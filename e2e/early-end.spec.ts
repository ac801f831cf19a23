// Tests answers that end early: a thought that reaches the limit, and an answer that only repeats itself. Two prepared
// models really write such answers: one has a template that begins with a thought, the other an LM head that repeats a
// sentence.

import { expect, test } from '@playwright/test';
import { answers, arrive, ask, REPEATING_FIXTURE, said, THINKING_FIXTURE } from './person.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });
test.describe.configure({ timeout: 400_000 });
const PATIENCE = 120_000;

test('a thought that reaches the limit says so, continues, and ends on request so that the answer begins', async ({
  page,
}) => {
  await arrive(page, { model: THINKING_FIXTURE, backend: 'wasm', maxTokens: 6 });
  await ask(page, 'What is here?');
  const answer = answers(page);
  const untilLimit = answer.getByText('It thought until its limit; there is no answer yet.');
  const thought = answer.locator('details').first();
  await expect(untilLimit).toBeVisible({ timeout: PATIENCE });
  const before = (await thought.textContent()) ?? '';

  await answer.getByRole('button', { name: 'Go on' }).click();
  await expect.poll(async () => ((await thought.textContent()) ?? '').length).toBeGreaterThan(before.length);
  await expect(untilLimit).toBeVisible({ timeout: PATIENCE });
  expect(await said(answer)).toBe('');

  await answer.getByRole('button', { name: 'Answer now' }).click();
  await expect(
    answer.getByText('The answer reached the longest length that the settings allow.'),
  ).toBeVisible({
    timeout: PATIENCE,
  });
  await expect(answers(page)).toHaveCount(1);
  await expect(untilLimit).toHaveCount(0);
  await expect.poll(() => said(answer)).not.toBe('');
  await expect(answer.getByRole('button', { name: 'Answer now' })).toHaveCount(0);
});

test('an answer that only repeats itself ends with a note, and continues from there', async ({ page }) => {
  await arrive(page, { model: REPEATING_FIXTURE, backend: 'wasm', maxTokens: 4000 });
  await ask(page, 'What does it say?');
  const answer = answers(page);
  const repeated = answer.getByText('The model only repeated itself, so the answer was ended here.');
  await expect(repeated).toBeVisible({ timeout: PATIENCE });
  const written = await said(answer);
  await answer.getByRole('button', { name: 'Go on' }).click();
  await expect(repeated).toHaveCount(0);
  await expect.poll(async () => (await said(answer)).length).toBeGreaterThan(written.length);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(answer.getByText('Stopped.')).toBeVisible();
  expect((await said(answer)).startsWith(written)).toBe(true);
  await expect(answers(page)).toHaveCount(1);
});
