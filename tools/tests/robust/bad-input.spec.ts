// Tests that the page reports every kind of bad input with its own message. The page must survive, the conversation so
// far must stay complete, and the model must answer the next question.

import { expect, test, type Page } from '@playwright/test';
import {
  answered,
  answers,
  arrive,
  ask,
  beginAnew,
  question,
  said,
  attachments,
} from '../../../e2e/person.ts';
import { sampleOf } from '../../../e2e/samples.ts';
import { en } from '../../../src/ui/kit/failure-strings.ts';
import { APP_PORT } from '../support/places.ts';
import { badPictures, type Dropped } from './bad-pictures.ts';

test.use({ baseURL: `http://localhost:${APP_PORT}/` });
test.describe.configure({ timeout: 400_000 });

const { file: SAMPLE, questions } = sampleOf('signs');
const [{ words: WORDS, answer: RIGHT }] = questions;

/** Begins a conversation, which bad input must leave unchanged. */
async function begin(page: Page): Promise<void> {
  await page.getByLabel('Add pictures').first().setInputFiles(SAMPLE);
  await ask(page, WORDS);
  expect(await said(await answered(page, 1))).toBe(RIGHT);
}

/** Drops a file on the page. */
async function drop(page: Page, { name, mimeType, buffer }: Dropped): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    ([base64, fileName, type]) => {
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([bytes], fileName, { type }));
      return held;
    },
    [buffer.toString('base64'), name, mimeType] as const,
  );
  await page.dispatchEvent('main', 'drop', { dataTransfer });
}

/** Asks the first question again and expects the right answer. */
async function stillAnswers(page: Page, what: string): Promise<void> {
  await expect(answers(page), what).toHaveCount(1);
  expect(await said(await answered(page, 1)), what).toBe(RIGHT);
  await answers(page).first().getByRole('button', { name: 'Answer again' }).click();
  expect(await said(await answered(page, 1)), what).toBe(RIGHT);
}

test('every bad picture ends in its own sentence, and the page takes every odd one', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await begin(page);
  const pictures = await badPictures();
  for (const picture of pictures) {
    await drop(page, picture);
    if (picture.then === 'taken') {
      const remove = page.getByRole('button', { name: `Remove ${picture.name}` });
      await expect(remove, picture.name).toBeVisible();
      if (picture.name === 'turned.jpg') {
        // The browser has already rotated the picture: at 96 × 64 it is upright.
        const image = attachments(page).locator('img').last();
        const size = await image.evaluate((one: HTMLImageElement) => [one.naturalWidth, one.naturalHeight]);
        expect(size).toEqual([64, 96]);
      }
      await remove.click();
    } else {
      const refused = page.getByRole('alert').filter({ hasText: picture.name });
      await expect(refused, picture.name).toContainText(en[picture.then]);
      await refused.getByRole('button', { name: 'Dismiss' }).click();
    }
    await stillAnswers(page, picture.name);
  }
  expect(errors).toEqual([]);
  console.log(`${pictures.length} files dropped, the first question answered after each`);
});

test('the model answers about every odd picture that the page takes', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  for (const picture of (await badPictures()).filter(({ then }) => then === 'taken')) {
    await begin(page);
    await drop(page, picture);
    await expect(page.getByRole('button', { name: `Remove ${picture.name}` })).toBeVisible();
    await ask(page, WORDS);
    await answered(page, 2);
    expect(await said(answers(page).first())).toBe(RIGHT);
    // The built-in model accepts only two pictures per conversation.
    await beginAnew(page);
  }
});

test('the page does not cut a question that is too long for the model', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await begin(page);
  const long = 'Which sign is this and what does it mean? '.repeat(1500);
  await ask(page, long);
  const last = answers(page).last();
  await expect(last.getByRole('alert')).toContainText(en['question-too-long']);
  // The question can be shortened, and its whole text is still there.
  await page.getByRole('button', { name: 'Edit the question' }).last().click();
  const field = page.getByRole('textbox').first();
  expect((await field.inputValue()).trim()).toBe(long.trim());
  await field.fill(WORDS);
  await page.getByRole('button', { name: 'Ask again', exact: true }).click();
  await answered(page, 2);
  expect(await said(answers(page).first())).toBe(RIGHT);
});

for (const [what, code, spoil] of [
  [
    'a manifest of a newer version',
    'newer-format',
    { file: 'manifest.json', from: '"version":1', to: '"version":99' },
  ],
  ['a manifest that is none', 'bad-manifest', { file: 'manifest.json', from: '"shards"', to: '"shreds"' }],
  ['a shard with a wrong hash', 'corrupt-shard', { file: '*.safetensors', from: '', to: '' }],
] as const) {
  test(`${what} ends in its own sentence, and the model loads once the fault is mended`, async ({ page }) => {
    const address = `**/models/demo/${spoil.file}`;
    await page.route(address, async (route) => {
      const response = await route.fetch();
      const body = await response.body();
      if (spoil.from === '') body[body.length - 9]! ^= 1;
      await route.fulfill({
        response,
        body: spoil.from === '' ? body : body.toString('utf8').replace(spoil.from, spoil.to),
      });
    });
    await arrive(page, { model: 'demo', backend: 'wasm' });
    await page.getByLabel('Add pictures').first().setInputFiles(SAMPLE);
    await ask(page, WORDS);
    await expect(answers(page).getByRole('alert')).toContainText(en[code], { timeout: 100_000 });
    await page.unroute(address);
    await answers(page).getByRole('button', { name: 'Try again' }).click();
    expect(await said(await answered(page, 1))).toBe(RIGHT);
    await expect(question(page)).toBeEnabled();
  });
}
