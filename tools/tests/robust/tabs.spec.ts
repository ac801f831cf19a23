// Tests several tabs that use one model, a tab that is closed in the middle of its answer, and storage that is erased.

import { expect, test, type BrowserContext, type Page } from '@playwright/test';
import { answered, answers, arrive, ask, beginAnew, FIXTURE, said } from '../../../e2e/person.ts';
import { sampleOf } from '../../../e2e/samples.ts';
import { TAB_DATABASE } from '../../../src/ui/tab/tab-store.ts';
import { APP_PORT } from '../support/places.ts';

const ORIGIN = `http://localhost:${APP_PORT}`;
test.use({ baseURL: `${ORIGIN}/` });
test.describe.configure({ timeout: 300_000 });

const { file: SAMPLE, questions } = sampleOf('signs');
const [{ words: WORDS, answer: RIGHT }] = questions;

async function tab(context: BrowserContext, model = 'demo', maxTokens = 64): Promise<Page> {
  const page = await context.newPage();
  await arrive(page, { model, backend: 'wasm', maxTokens });
  return page;
}

async function askSample(page: Page): Promise<void> {
  await page.getByLabel('Add pictures').first().setInputFiles(SAMPLE);
  await ask(page, WORDS);
}

/** The kinds of records in the tab's stored copy of its contents. */
function keptByTab(page: Page): Promise<string[]> {
  return page.evaluate(async (name) => {
    const database = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onsuccess = () => resolve(request.result);
      request.onerror = reject;
    });
    try {
      if (!database.objectStoreNames.contains('tabs')) return [];
      const keys = database.transaction('tabs').objectStore('tabs').getAllKeys();
      await new Promise((resolve, reject) => {
        keys.onsuccess = resolve;
        keys.onerror = reject;
      });
      return keys.result.map((key) => (key as string[])[0] ?? '');
    } finally {
      database.close();
    }
  }, TAB_DATABASE);
}

test('two tabs that open at the same time share one download, and both answer', async ({ context }) => {
  let shards = 0;
  await context.route('**/models/demo/*.safetensors', async (route) => {
    shards++;
    await route.continue();
  });
  const [one, two] = await Promise.all([tab(context), tab(context)]);
  await Promise.all([askSample(one), askSample(two)]);
  expect(await said(await answered(one, 1))).toBe(RIGHT);
  expect(await said(await answered(two, 1))).toBe(RIGHT);
  expect(shards).toBe(1);
});

test('a tab that closes in the middle of its answer does not disturb the other', async ({ context }) => {
  const [one, two] = [await tab(context, FIXTURE, 4000), await tab(context)];
  await ask(one, 'Tell me everything.');
  await expect(answers(one).getByText('Answering').first()).toBeVisible({ timeout: 100_000 });
  await askSample(two);
  await one.close({ runBeforeUnload: false });
  expect(await said(await answered(two, 1))).toBe(RIGHT);
  // The next tab must also find the model that was in use.
  const three = await tab(context, FIXTURE, 4);
  await ask(three, 'Hello');
  await answered(three, 1);
});

test('a tab that closes in the middle of a download leaves it to the other', async ({ context }) => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  let asked = 0;
  await context.route('**/models/demo/*.safetensors', async (route) => {
    asked++;
    await opened;
    await route.continue().catch(() => undefined);
  });
  const one = await tab(context);
  await expect.poll(() => asked).toBe(1);
  const two = await tab(context);
  await askSample(two);
  await one.close();
  open();
  expect(await said(await answered(two, 1))).toBe(RIGHT);
});

test('no answer is lost if the storage disappears while the page is open', async ({ context }) => {
  const page = await tab(context);
  await askSample(page);
  await answered(page, 1);
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'indexeddb' });
  // The model that is on the device still answers.
  await answers(page).last().getByRole('button', { name: 'Answer again' }).click();
  expect(await said(await answered(page, 1))).toBe(RIGHT);
  // Wait until the tab's stored copy is written again, because a page that is left cannot finish writing.
  await expect.poll(() => keptByTab(page)).toContain('talk');
  // After a reload the model is downloaded again.
  await page.reload();
  await answered(page, 1);
  await beginAnew(page);
  await askSample(page);
  expect(await said(await answered(page, 1))).toBe(RIGHT);
});

test('the page says so if a model must be read again from a lost storage, and downloads it again', async ({
  context,
}) => {
  const page = await tab(context);
  await askSample(page);
  await answered(page, 1);
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: ORIGIN, storageTypes: 'indexeddb' });
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('For experts', { exact: true }).click();
  await page.getByLabel('Runs on').selectOption('auto');
  await page.getByRole('button', { name: 'Close' }).click();
  await answers(page).last().getByRole('button', { name: 'Answer again' }).click();
  const last = answers(page).last();
  await expect(last.getByRole('alert').or(last.getByText(/^Took /))).toBeVisible({
    timeout: 100_000,
  });
  const retry = last.getByRole('button', { name: 'Try again' });
  if ((await retry.count()) > 0) {
    await expect(last.getByRole('alert')).toContainText(/missing|storage|store/);
    await expect(answers(page)).toHaveCount(1);
    // Wait until the tab's stored copy is written again, because a page that is left cannot finish writing.
    await expect.poll(() => keptByTab(page)).toContain('talk');
    await page.reload();
    await beginAnew(page);
    await askSample(page);
  }
  expect(await said(await answered(page, 1))).toBe(RIGHT);
});
