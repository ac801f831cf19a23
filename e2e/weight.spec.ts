// Tests the size of the page, and its responsiveness while it works.

import { expect, test } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { answered, arrive, ask, FIXTURE, attachments } from './person.ts';
import { tasksOf, type Task } from './tasks.ts';

const BUDGET_BYTES = 200_000;
const NOISE = { type: 'gaussian', mean: 128, sigma: 20 } as const;

test('the page starts with at most 200 KB of compressed JavaScript and CSS', async ({ page }) => {
  const own: Promise<[string, number]>[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    const isOwn = /\.(js|css)$/.test(pathname) && !pathname.includes('worker');
    if (isOwn) own.push(response.body().then((body) => [pathname, gzipSync(body).length]));
  });
  await page.goto('/', { waitUntil: 'load' });
  await expect(page.getByRole('textbox', { name: 'Question', exact: true })).toBeVisible();
  const sizes = await Promise.all(own);
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`JavaScript and CSS before the first picture: ${(total / 1000).toFixed(1)} KB gzipped`);
  expect(sizes.length).toBeGreaterThan(0);
  expect(total).toBeLessThan(BUDGET_BYTES);
});

function print(what: string, tasks: readonly Task[]): void {
  const over = (times: number[]): number => times.filter((ms) => ms > 50).length;
  const [clock, own, scripts] = (['clock', 'own', 'scripts'] as const).map((key) =>
    tasks.map((task) => task[key]),
  );
  console.log(
    `While ${what}: of ${tasks.length} tasks of the main thread ${over(clock!)} took over 50 ms by the clock, ` +
      `${over(own!)} of its own time (longest ${Math.max(...own!).toFixed(0)} ms, our scripts ${Math.max(...scripts!).toFixed(0)} ms)`,
  );
}

test('48 megapixels and a streaming answer keep the page responsive', async ({ page, browser }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 200 });
  // The file is on disk, because Playwright would send a buffer into the page in pieces, which blocks the page for a
  // second.
  const photo = test.info().outputPath('large.jpg');
  await sharp({ create: { width: 8000, height: 6000, channels: 3, background: '#87a', noise: NOISE } })
    .jpeg({ quality: 60 })
    .toFile(photo);
  const opening = await tasksOf(browser, page, async () => {
    await page.getByLabel('Add pictures').first().setInputFiles(photo);
    await expect(attachments(page).getByRole('button', { name: 'Remove large.jpg' })).toBeVisible({
      timeout: 60_000,
    });
  });
  await attachments(page).getByRole('button', { name: 'Remove large.jpg' }).click();
  const streaming = await tasksOf(browser, page, async () => {
    await ask(page, 'Tell a long story.');
    await answered(page, 1);
  });
  print('a large picture opens', opening);
  print('an answer streams', streaming);
  expect(streaming.length).toBeGreaterThan(100);
  // The limit catches a page that hangs; shorter delays are only printed.
  expect(Math.max(...[...opening, ...streaming].map(({ scripts }) => scripts))).toBeLessThan(500);
});
