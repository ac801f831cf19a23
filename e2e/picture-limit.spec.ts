// Tests that, if the user adds more pictures than the model can take, the page says so at once, before a question is
// asked.

import { expect, test, type Page } from '@playwright/test';
import sharp from 'sharp';
import {
  addPictures,
  answered,
  answers,
  arrive,
  ask,
  FIXTURE,
  REPEATING_FIXTURE,
  attachments,
} from './person.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });

const removed = (page: Page, name: string) =>
  attachments(page)
    .getByRole('button', { name: `Remove ${name}` })
    .click();

test('the page says that the built-in model compares two pictures', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  const note = page.getByText('The built-in model can compare 2 pictures, not more.', { exact: false });
  await addPictures(page, 'odd.png', 'wide.png', 'tall.png');
  await expect(note).toBeVisible();
  await expect(answers(page)).toHaveCount(0);
  await removed(page, 'tall.png');
  await expect(note).toHaveCount(0);
});

test('the page says how many pictures fit into another model’s context', async ({ page }) => {
  await arrive(page, { model: REPEATING_FIXTURE, backend: 'wasm', maxTokens: 8 });
  // The page knows the context length of a model once it is loaded.
  await ask(page, 'What does it say?');
  await answered(page, 1);
  const picture = sharp({ create: { width: 1600, height: 1600, channels: 3, background: '#9ab' } });
  const buffer = await picture.png().toBuffer();
  const files = [1, 2, 3].map((n) => ({ name: `card-${n}.png`, mimeType: 'image/png', buffer }));
  await page.getByLabel('Add pictures').first().setInputFiles(files);
  const note = page.getByText('This model can take in about 1 of these 3 pictures.', { exact: false });
  await expect(note).toBeVisible();
  for (const name of ['card-1.png', 'card-2.png']) await removed(page, name);
  await expect(page.getByText(/^This model can take in/)).toHaveCount(0);
});

test('the page says nothing if all pictures fit', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  await addPictures(page, 'odd.png', 'wide.png', 'tall.png');
  await expect(page.locator('header .model')).toContainText(FIXTURE);
  await expect(page.getByText(/can compare|can take in/)).toHaveCount(0);
});
