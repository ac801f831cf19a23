// Tests a page whose site is redeployed while the page is open, without a service worker that keeps the page's files.
// Also tests the page in a browser that has no service workers.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { addPictures, answered, answers, arrive, ask, question, said } from './person.ts';
import { Site, SITE_URL } from './site.ts';

test.use({ baseURL: SITE_URL, serviceWorkers: 'block' });
test.describe.configure({ timeout: 300_000 });

const MISSING = 'A part of this page could not be loaded';
let site: Site;

test.beforeEach(async () => {
  site = await Site.start(test.info().outputPath('site'));
});

test.afterEach(() => site.remove());

/** Makes the media worker die; the page starts another one when it needs it. */
async function endMediaWorker(page: Page): Promise<void> {
  const worker = page.workers().find((one) => one.url().includes('media.worker'));
  if (worker === undefined) throw new Error('There is no media worker.');
  const ended = worker.waitForEvent('close', { timeout: 60_000 });
  await worker.evaluate(() => {
    setTimeout(() => {
      throw new Error('a fault');
    });
  });
  await ended;
}

test('the page offers a reload, which keeps the conversation, if a worker’s file is gone', async ({
  page,
}) => {
  // The browser's cache may still have the worker's file. Adding a route turns the cache off.
  await page.route('**/assets/media.worker-*', (route) => route.continue());
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  const before = await said(await answered(page, 1));

  const worker = site.asset('media.worker-', '.js');
  site.take(worker);
  await endMediaWorker(page);
  await page.getByLabel('Add pictures').first().setInputFiles('tools/reference/pictures/odd.png');
  await expect(page.getByText(MISSING).first()).toBeVisible();
  await expect(page.getByText('stopped unexpectedly')).toHaveCount(0);

  site.putBack(worker);
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByText(MISSING)).toHaveCount(0);
  await expect(answers(page)).toHaveCount(1);
  expect(await said(answers(page))).toBe(before);
  await addPictures(page, 'odd.png');
});

test('the page does not reload from a site that does not answer', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  await page.route('**/*', (route) => route.abort());
  await endMediaWorker(page);
  await page.getByLabel('Add pictures').first().setInputFiles('tools/reference/pictures/odd.png');
  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByText('The site does not answer, so the page was not reloaded.')).toBeVisible();
  await expect(answers(page)).toHaveCount(1);
});

test('a formula and a preview whose program is gone stay as source text, and the page offers a reload', async ({
  page,
}) => {
  await page.goto('/');
  await expect(question(page)).toBeVisible();
  site.take(site.asset('katex-', '.js'));
  const answer = await openSaved(page, { answer: 'So it is $x^2$.' });
  await expect(answer.getByText('x^2').first()).toBeVisible();
  await expect(page.getByText(MISSING)).toBeVisible();
});

test('the page says so if the kernels are gone', async ({ page }) => {
  for (const kernels of site.kernels) site.take(kernels);
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await expect(answers(page).getByRole('alert')).toContainText(MISSING, { timeout: 100_000 });
});

test('the percentage counts the GPU’s runtime too, and never shows 100', async ({ page }) => {
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/ort-wasm-simd-threaded.*.wasm', async (route) => {
    await held;
    await route.continue();
  });
  const shown: string[] = [];
  await page.exposeFunction('told', (text: string) => shown.push(text));
  await arrive(page, { model: 'demo', backend: 'webgpu', maxTokens: 24 });
  await page.evaluate(() => {
    const tell = (): void => {
      (window as unknown as { told: (text: string) => void }).told(
        document.querySelector('header .model')?.textContent ?? '',
      );
    };
    new MutationObserver(tell).observe(document.querySelector('header')!, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    tell();
  });
  // The model is stored, but the runtime, which is larger, is still missing.
  await expect(page.locator('header .model')).toContainText(/getting ready (3\d|4\d) ?%/, {
    timeout: 100_000,
  });
  release();
  await expect(page.locator('header .model')).toContainText('on the graphics processor', {
    timeout: 240_000,
  });
  expect(shown.filter((text) => text.includes('100'))).toEqual([]);
});

test('the page says that it cannot start without a network if there are no service workers, and does all else', async ({
  page,
}) => {
  await page.addInitScript(() => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'));
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  await answered(page, 1);
  await page.getByRole('button', { name: 'Privacy' }).click();
  await expect(page.getByRole('dialog')).toContainText('this browser lets no site keep its pages here');
});
