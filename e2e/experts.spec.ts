// Tests the expert panel: the experts at work, paging, and the memory budget. Also tests the expected speed before a
// download.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { answered, answers, arrive, ask, said } from './person.ts';
import { sampleOf } from './samples.ts';

const [{ words: QUESTION, answer: RIGHT }] = sampleOf('signs').questions;
/** The size of about a quarter of the built-in model's experts, in bytes. */
const LITTLE = 210_000;

const figure = (page: Page): Locator => page.getByRole('figure', { name: 'Experts at work' });

async function askSample(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Sample / })
    .first()
    .click();
  await page.getByRole('button', { name: QUESTION, exact: true }).click();
}

test('the answer stays in view when the experts appear below it', async ({ page }) => {
  // The window is too low to show both without scrolling.
  await page.setViewportSize({ width: 900, height: 620 });
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await askSample(page);
  const facts = (await answered(page, 1)).getByText(/^Took /);
  await expect(facts).toBeInViewport();
  await page.getByRole('button', { name: 'Experts at work' }).click();
  await expect(figure(page)).toBeVisible();
  await expect(facts).toBeInViewport();
});

test('paged experts give the same answer; the page shows what lies on the device, and more memory ends the paging', async ({
  page,
}) => {
  await page.addInitScript((bytes) => {
    // Set the budget only once, so that the slider's later choice stays.
    if (localStorage.getItem('darkroom.experts.demo') === null) {
      localStorage.setItem('darkroom.experts.demo', String(bytes));
    }
  }, LITTLE);
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await askSample(page);
  expect(await said(await answered(page, 1))).toBe(RIGHT);

  await page.getByRole('button', { name: 'Experts at work' }).click();
  await expect(figure(page)).toContainText(/% of the experts helped with this answer/);
  await expect(page.getByText(/^\d+ of 32 experts, .* of memory/)).toBeVisible();
  const hits = page.getByText('In memory when needed, lately').locator('xpath=following-sibling::dd');
  await expect(hits).toHaveText(/^\d+%$/);
  await expect(page.getByText('Time spent waiting for storage')).toBeVisible();

  const memory = page.getByRole('slider', { name: 'Memory for experts' });
  await expect(memory).toHaveValue('25');
  await memory.fill('100');
  await expect(page.getByText('On the device')).toHaveCount(0);
  await expect(memory).toHaveValue('100');
  await ask(page, QUESTION);
  await answered(page, 2);
  await expect(answers(page)).toHaveCount(2);
  await expect(page.getByText('On the device'), 'nothing is paged any more').toHaveCount(0);
  await page.getByRole('button', { name: 'Automatic' }).click();
  await expect(memory, 'all of them fit: there is nothing to choose').toHaveCount(0);
});

test('before the 30B is downloaded, the page estimates its speed on this device', async ({ page }) => {
  await page.goto('/');
  await page.locator('header .model button').click();
  const card = page.getByRole('article', { name: 'Qwen3-VL 30B-A3B' });
  await expect(card.getByText(/A short answer takes about .*[\d.,]+ tokens per second/)).toBeVisible({
    timeout: 90_000,
  });
});
