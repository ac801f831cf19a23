// Questions that are suggested for one's own pictures and after an answer.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { addPictures, answered, arrive, FIXTURE, question, tray } from './person.ts';

const suggested = (page: Page) =>
  page.getByRole('group', { name: 'Suggested questions' }).getByRole('button');

test('own pictures bring three questions in place of the samples; one is asked by keyboard', async ({
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

test('two pictures are compared; a screenshot is known by its name; Chinese has its own', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await addPictures(page, 'wide.png', 'tall.png');
  await expect(suggested(page).first()).toHaveText('What changed between the two pictures?');
  await tray(page).getByRole('button', { name: 'Remove wide.png' }).click();
  await expect(suggested(page).first()).not.toHaveText('What changed between the two pictures?');
  await page.getByRole('combobox', { name: 'Language' }).selectOption('zh');
  await expect(page.getByRole('group', { name: '建议的问题' }).getByRole('button')).toHaveCount(3);
});

test('after boxes the questions are about them', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await openSaved(page, {
    answer: '[{"bbox_2d": [1, 2, 300, 400], "label": "cat"}]',
    pictures: ['wide.png'],
  });
  await expect(suggested(page).first()).toHaveText('How many of them are there?');
});
