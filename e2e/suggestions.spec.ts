// Tests suggested questions about the user's own pictures and after an answer.

import { expect, test, type Page } from '@playwright/test';
import { basename } from 'node:path';
import sharp from 'sharp';
import { openSaved } from './imported.ts';
import { addPictures, answered, arrive, ask, FIXTURE, question, attachments } from './person.ts';
import { sampleOf } from './samples.ts';

const suggested = (page: Page) =>
  page.getByRole('group', { name: 'Suggested questions' }).getByRole('button');

test('three questions replace the samples beside the user’s own pictures; the keyboard asks one', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await expect(page.getByText('Or begin with a sample')).toBeVisible();
  await addPictures(page, 'wide.png');
  await expect(suggested(page)).toHaveCount(3);
  await expect(page.getByText('Or begin with a sample')).toHaveCount(0);
  await question(page).fill('x');
  await expect(suggested(page)).toHaveCount(0);
  await question(page).fill('');
  const words = (await suggested(page).first().textContent()) ?? '';
  await suggested(page).first().press('Enter');
  await expect(question(page)).toBeFocused();
  await expect(page.getByRole('article', { name: 'You asked' })).toContainText(words);
  await answered(page, 1);
  await expect(suggested(page)).toHaveCount(3);
  await expect(suggested(page).filter({ hasText: words })).toHaveCount(0);
});

test('the suggestions compare two pictures, know a screenshot by its name, and have Chinese words', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await addPictures(page, 'wide.png', 'tall.png');
  await expect(suggested(page).first()).toHaveText('What changed between the two pictures?');
  await attachments(page).getByRole('button', { name: 'Remove wide.png' }).click();
  await expect(suggested(page).first()).not.toHaveText('What changed between the two pictures?');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('zh');
  await expect(page.getByRole('group', { name: '建议的问题' }).getByRole('button')).toHaveCount(3);
});

test('the questions after an answer with boxes are about the boxes', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await openSaved(page, {
    answer: '[{"bbox_2d": [1, 2, 300, 400], "label": "cat"}]',
    pictures: ['wide.png'],
  });
  await expect(suggested(page).first()).toHaveText('How many of them are there?');
});

test('the page says that the built-in model knows no photos, before a question and below its answer', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 4 });
  const noise = sharp({
    create: {
      width: 96,
      height: 64,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  });
  const file = { name: 'garden.png', mimeType: 'image/png', buffer: await noise.png().toBuffer() };
  await page.getByLabel('Add pictures').first().setInputFiles(file);
  await expect(page.getByText(/it reads no photos, texts, charts or screens/)).toBeVisible();
  await expect(suggested(page)).toHaveCount(0);
  await ask(page, 'What do you see?');
  await answered(page, 1);
  const note = page.getByText('The built-in model only knows pictures like the samples.');
  await expect(note).toBeVisible();
  await note.getByRole('button', { name: 'Larger models' }).click();
  await expect(page.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: 'New conversation' }).click();
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page.getByRole('group', { name: 'Ask about it' }).getByRole('button').first().click();
  await answered(page, 1);
  await expect(note).toHaveCount(0);
});

test('a sample of two pictures shows its first picture first, and numbers the pictures', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 4 });
  const pair = sampleOf('pairs');
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .nth(pair.index)
    .click();
  await expect(page.getByRole('img', { name: basename(pair.file), exact: true })).toBeVisible();
  await expect(attachments(page).getByText('1', { exact: true })).toBeVisible();
  await expect(attachments(page).getByText('2', { exact: true })).toBeVisible();
});
