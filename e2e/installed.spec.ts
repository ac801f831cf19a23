// The app as it stays on a device: it starts and answers without a network, takes a new version without
// losing the conversation, and leaves nothing behind where that is wanted. Against a server of its own,
// which can be stopped and changed.

import { expect, test, type Page } from '@playwright/test';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { preview, type PreviewServer } from 'vite';
import { addPictures, answered, answers, arrive, ask, beginAnew, said } from './person.ts';

const PORT = 4213;
test.use({ baseURL: `http://localhost:${PORT}/`, serviceWorkers: 'allow' });

let site: PreviewServer;
let folder: string;

test.beforeEach(async () => {
  folder = test.info().outputPath('site');
  cpSync('dist', folder, { recursive: true });
  const server = { port: PORT, strictPort: true };
  site = await preview({ logLevel: 'warn', build: { outDir: folder }, preview: server });
});

test.afterEach(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  const closed = site.close();
  if ('closeAllConnections' in site.httpServer) site.httpServer.closeAllConnections();
  await closed;
}

/** Until the service worker has all that the app and its runtime consist of. */
async function kept(page: Page): Promise<void> {
  const hasRuntime = (): Promise<boolean> =>
    page.evaluate(async () => {
      const caches = await Promise.all((await window.caches.keys()).map((name) => window.caches.open(name)));
      const requests = (await Promise.all(caches.map((cache) => cache.keys()))).flat();
      return requests.some(({ url }) => url.endsWith('.wasm'));
    });
  await expect.poll(hasRuntime, { timeout: 60_000 }).toBe(true);
}

test('without a network the page starts again, looks at a picture and answers', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const online = await said(await answered(page, 1));
  await kept(page);

  await stop();
  await page.reload();
  expect(await said(await answered(page, 1)), 'the conversation is there').toBe(online);
  await beginAnew(page);
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  expect(await said(await answered(page, 1)), 'the same model, the same answer').toBe(online);
  await ask(page, 'Which colour is it?');
  await answered(page, 2);
});

test('a new version is offered, and the conversation goes on in it', async ({ page }) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await addPictures(page, 'odd.png');
  await ask(page, 'What is in the picture?');
  const before = await said(await answered(page, 1));
  await kept(page);

  const script = `${folder}/service-worker.js`;
  const built = readFileSync(script, 'utf8');
  const version = /version\W+([0-9a-f]{16})/.exec(built)?.[1] ?? '';
  writeFileSync(script, built.replaceAll(version, 'f'.repeat(16)));
  // What a browser does by itself on the next visit, or within a day.
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
  await expect(page.getByText('A new version of this page is ready.')).toBeVisible();
  await page.getByRole('button', { name: 'Update now' }).click();

  await expect(page.getByRole('button', { name: 'Update now' })).toHaveCount(0);
  await expect(answers(page)).toHaveCount(1);
  expect(await said(answers(page))).toBe(before);
  await expect(page.getByRole('img', { name: 'odd.png' })).toBeVisible();
  await ask(page, 'Which colour is it?');
  await answered(page, 2);
  const versions = await page.evaluate(() => caches.keys());
  expect(versions).toEqual([`darkroom-app-${'f'.repeat(16)}`]);
  // Nobody asked for it to be kept.
  await page.getByRole('button', { name: 'Conversations' }).click();
  await expect(page.getByRole('dialog')).toContainText('Nothing is kept.');
});

test('all that is kept can be erased', async ({ page }) => {
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
