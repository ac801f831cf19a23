// Tests the app as it stays on a device: it starts and answers without a network, updates without losing the
// conversation, and can be erased completely. Each test has its own server, which it can stop and change.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { addPictures, answered, answers, arrive, ask, beginAnew, said } from './person.ts';
import { Site, SITE_URL } from './site.ts';

test.use({ baseURL: SITE_URL, serviceWorkers: 'allow' });
// On a busy machine, copying in the background takes long.
test.describe.configure({ timeout: 300_000 });

const PATIENCE = 120_000;
let site: Site;

test.beforeEach(async () => {
  site = await Site.start(test.info().outputPath('site'));
});

test.afterEach(() => site.remove());

/** Waits until the service worker has stored all files of the app. */
async function kept(page: Page): Promise<void> {
  const panel = await privacyPanel(page);
  await expect(panel.getByText('This app itself, to start without a network', { exact: true })).toBeVisible({
    timeout: PATIENCE,
  });
  await page.keyboard.press('Escape');
}

async function privacyPanel(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Privacy' }).click();
  return page.getByRole('dialog', { name: 'Privacy' });
}

/** Addresses of the files in all caches. */
function keptFiles(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
    return (await Promise.all(caches.map((cache) => cache.keys()))).flat().map(({ url }) => url);
  });
}

test('the page starts again without a network, opens a picture and answers @main', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const online = await said(await answered(page, 1));
  await kept(page);

  await site.stop();
  await page.reload();
  expect(await said(await answered(page, 1)), 'the conversation is there').toBe(online);
  await beginAnew(page);
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  expect(await said(await answered(page, 1)), 'the same model, the same answer').toBe(online);
  await ask(page, 'Which colour is it?');
  await answered(page, 2);
});

/** Code of a service worker whose caches fail from a message on, as they do on a full or damaged disk. */
const FAILING_CACHES = `self.addEventListener('message', ({ data }) => {
  if (data === 'caches fail') CacheStorage.prototype.open = () => Promise.reject(new DOMException('', 'UnknownError'));
});\n`;

test('the page starts from the network if the service worker cannot read its caches', async ({ page }) => {
  site.edit('service-worker.js', (text) => FAILING_CACHES + text);
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  await kept(page);
  await page.evaluate(async () => (await navigator.serviceWorker.ready).active?.postMessage('caches fail'));
  await page.reload();
  await ask(page, 'Hello again');
  await answered(page, 2);
});

test('the page offers a new version, and the conversation continues in it', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const before = await said(await answered(page, 1));
  await kept(page);

  site.newVersion('f'.repeat(16));
  // A browser checks for an update by itself on the next visit, or within a day.
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(page.getByText('A new version of this page is ready.')).toBeVisible();
  await page.getByRole('button', { name: 'Update now' }).click();

  await expect(page.getByRole('button', { name: 'Update now' })).toHaveCount(0);
  await expect(answers(page)).toHaveCount(1);
  expect(await said(answers(page))).toBe(before);
  await expect(page.getByRole('img', { name: 'odd.png' })).toBeVisible();
  await ask(page, 'Which colour is it?');
  await answered(page, 2);
  // The old version's cache is deleted when the last page that may need it is closed.
  await expect
    .poll(() => page.evaluate(() => caches.keys()), { timeout: PATIENCE })
    .toEqual([`darkroom-app-${'f'.repeat(16)}`]);
  // The user has not asked to keep the conversation.
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nothing is kept.');
});

test('the user can erase everything that the page keeps', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Language').selectOption('中文');
  await page.getByLabel('语言').selectOption('English');
  await page.getByRole('button', { name: 'Conversations' }).click();
  await page.getByRole('switch').check();
  await page.keyboard.press('Escape');
  await addPictures(page, 'odd.png');
  await ask(page, 'What is it?');
  await answered(page, 1);
  await kept(page);

  await page.getByRole('button', { name: 'Privacy' }).click();
  const panel = page.getByRole('dialog', { name: 'Privacy' });
  await panel.getByRole('button', { name: 'Erase all of it' }).click();
  await panel.getByRole('button', { name: 'Erase now' }).click();
  await expect(panel.getByText('Everything that was kept here is erased.')).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(answers(page)).toHaveCount(0);
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(page.getByRole('switch')).not.toBeChecked();
  await expect(page.getByRole('dialog')).toContainText('Nothing is kept.');
});

test('the offline copy follows the first answer, has the files that this device uses, and fetches none twice', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  await answered(page, 1);
  await kept(page);
  const begun = site.asked.indexOf('/service-worker.js');
  const early = site.asked.slice(0, begun);
  const kernels = site.kernels.map((name) => `/assets/${name}`);
  expect(
    kernels.filter((path) => early.includes(path)),
    'the page fetched the kernels',
  ).toHaveLength(1);
  const later = /KaTeX|katex|video-clip|harmless-page|jspi|asyncify|apple-touch|icon-\d/;
  expect(early.filter((path) => later.test(path))).toEqual([]);
  const programs = async (): Promise<string[]> =>
    (await keptFiles(page)).filter((url) => url.endsWith('.wasm')).map((url) => new URL(url).pathname);
  // The GPU's runtimes were not used.
  await expect.poll(async () => (await programs()).sort(), { timeout: PATIENCE }).toEqual(kernels.sort());
  const files = await keptFiles(page);
  expect(files.filter((url) => /\.(woff|ttf|br)$/.test(url))).toEqual([]);
  const hashed = site.asked.filter((path) => path.startsWith('/assets/'));
  expect(hashed.filter((path, index) => hashed.indexOf(path) !== index)).toEqual([]);
});

test('the page reports a file that it cannot fetch, keeps the others, and tries it again on request', async ({
  page,
}) => {
  const font = site.asset('KaTeX_Main-Regular-', '.woff2');
  site.take(font);
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  const panel = await privacyPanel(page);
  await expect(panel.getByText(/but one file of \d+ could not be fetched/)).toBeVisible({
    timeout: PATIENCE,
  });
  await panel.getByText('Details').last().click();
  await expect(panel.getByText(`/assets/${font}`)).toBeVisible();
  await expect
    .poll(async () => (await keptFiles(page)).some((url) => url.endsWith('.wasm')), { timeout: PATIENCE })
    .toBe(true);
  expect(site.asked.filter((path) => path === `/assets/${font}`).length).toBeGreaterThan(1);

  site.putBack(font);
  await panel.getByRole('button', { name: 'Try again' }).click();
  await expect(panel.getByText('This app itself, to start without a network', { exact: true })).toBeVisible({
    timeout: PATIENCE,
  });
  expect((await keptFiles(page)).some((url) => url.endsWith(font))).toBe(true);
});

test('the privacy panel counts what the service worker fetched', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  await kept(page);
  const panel = await privacyPanel(page);
  // The browser fetches these files by itself, without reporting them to a page.
  const byBrowser = /^\/(service-worker\.js|icon\.svg|manifest\.webmanifest)$/;
  const bySite = site.asked.filter((path) => !byBrowser.test(path)).length;
  const fonts = site.asked.filter((path) => path.endsWith('.woff2')).length;
  expect(fonts, 'no page has asked for these').toBeGreaterThan(10);
  await expect.poll(() => requestCount(panel)).toBeGreaterThanOrEqual(bySite);
});

/** The number of all requests that the panel shows. */
async function requestCount(panel: Locator): Promise<number> {
  const texts = await panel.locator('.figures').allInnerTexts();
  return texts.reduce(
    (sum, text) => sum + (text.startsWith('one') ? 1 : Number(/^\d+/.exec(text)?.[0] ?? 0)),
    0,
  );
}

test('an update that one tab takes leaves the other tab its own files, and offers it to follow', async ({
  page,
  context,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  await kept(page);
  const other = await context.newPage();
  await arrive(other, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(other, 'Hello');
  const before = await said(await answered(other, 1));

  const worker = site.asset('media.worker-', '.js');
  site.deploy('f'.repeat(16), worker, worker.replace('media.worker-', 'media.worker-new'));
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await page.getByRole('button', { name: 'Update now' }).click();
  await expect(page.getByRole('button', { name: 'Update now' })).toHaveCount(0);
  // The browser's own cache must not supply files of the old version.
  await (await context.newCDPSession(other)).send('Network.clearBrowserCache');

  await expect(other.getByText('This page was updated in another tab.')).toBeVisible();
  await addPictures(other, 'odd.png');
  await ask(other, 'What is in the picture?');
  await answered(other, 2);

  await other.getByRole('button', { name: 'Reload' }).click();
  await expect(other.getByText('This page was updated in another tab.')).toHaveCount(0);
  await expect(answers(other)).toHaveCount(2);
  expect(await said(answers(other).first())).toBe(before);
  await expect(other.getByRole('img', { name: 'odd.png' })).toBeVisible();
  await ask(other, 'Which colour is it?');
  await answered(other, 3);
  await expect
    .poll(() => page.evaluate(() => caches.keys()), { timeout: PATIENCE })
    .toEqual([`darkroom-app-${'f'.repeat(16)}`]);
});
