// A conversation with the built-in model, really running: the first minute, follow-ups, second thoughts.

import { expect, test } from '@playwright/test';
import { addPictures, answered, answers, arrive, ask, question, said, tray } from './person.ts';

test('a first visit: what this is, the model gets ready by itself, the first answer', async ({ page }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(
    'Ask about a picture. It is read on this device and stays here.',
  );
  await expect(page.getByRole('button', { name: /^Built-in/ })).toBeVisible();
  // The software adapter takes minutes for what a graphics processor does at once.
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('More', { exact: true }).click();
  await page.getByLabel('Runs on').selectOption('Processor (WASM)');
  await page.getByLabel('Longest answer, in tokens').fill('24');
  await page.keyboard.press('Escape');
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const first = await answered(page, 1);
  expect((await said(first)).length).toBeGreaterThan(0);

  await ask(page, 'Which colour is it?');
  const second = await answered(page, 2);
  await expect(second.getByText(/picture already read/)).toBeVisible();
});

test('a sample and one of its questions are clicked, and the answer is right', async ({ page }) => {
  await page.goto('/');
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Which road sign is this?', exact: true }).click();
  expect(await said(await answered(page, 1))).toBe('Pedestrian crossing');
});

test('the built-in model answers rightly on the graphics processor too', async ({ page }) => {
  // A software adapter takes minutes to compile its shaders and to prove itself; it is forced, since the
  // page prefers the processor to it.
  test.setTimeout(480_000);
  await arrive(page, { model: 'demo', backend: 'webgpu', maxTokens: 16 });
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Which road sign is this?', exact: true }).click();
  expect(await said(await answered(page, 1, 420_000))).toBe('Pedestrian crossing');
});

test('asked again, in other words, and put back', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 12 });
  await addPictures(page, 'odd.png', 'wide.png');
  await ask(page, 'How many shapes are there?');
  const before = await said(await answered(page, 1));
  await expect(tray(page)).toHaveCount(0);

  await answers(page).getByRole('button', { name: 'Answer again' }).click();
  await expect(page.getByText('The earlier version was set aside.')).toBeVisible({ timeout: 100_000 });
  expect(await said(await answered(page, 1)), 'exact is exact').toBe(before);

  await page.getByRole('button', { name: 'Edit the question' }).click();
  await page.getByRole('textbox', { name: 'Edit the question' }).fill('Which colours are there?');
  await page.getByRole('button', { name: 'Ask again' }).click();
  await expect(page.getByRole('article', { name: 'You asked' })).toContainText('Which colours are there?');
  await expect(page.getByRole('button', { name: 'Put it back' })).toBeVisible({ timeout: 100_000 });
  await page.getByRole('button', { name: 'Put it back' }).click();
  await expect(page.getByRole('article', { name: 'You asked' })).toContainText('How many shapes are there?');
});

test('the page changes its language, and remembers it', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await page.getByLabel('Language').selectOption('中文');
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(/图片只在本设备上读取/);
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-Hans');
  await page.reload();
  await expect(page.getByRole('textbox', { name: '问题' })).toBeVisible();
});

test('a new conversation forgets the pictures', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 2 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What?');
  await answered(page, 1);
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
  await expect(page.getByRole('img', { name: 'odd.png' })).toHaveCount(0);
  await expect(question(page)).toBeFocused();
});
