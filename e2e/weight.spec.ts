// What the page weighs, and that it stays quick while it works.

import { expect, test, type Page } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { answered, arrive, ask, FIXTURE, tray } from './person.ts';

const BUDGET_BYTES = 200_000;
const NOISE = { type: 'gaussian', mean: 128, sigma: 20 } as const;

test('the page is there with at most 200 KB of compressed JavaScript and CSS', async ({ page }) => {
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

/** A task of the main thread over 50 ms: how long, and what of it our scripts took, by where it began. */
interface LongTask {
  ms: number;
  ours: { ms: number; from: string }[];
}

declare global {
  interface Window {
    longTasks: LongTask[];
  }
}

/** Notes long frames with the scripts that ran in them; the browser names scripts from 5 ms on. */
async function watchLongTasks(page: Page): Promise<() => Promise<LongTask[]>> {
  await page.evaluate(() => {
    window.longTasks = [];
    const observer = new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const { scripts = [] } = entry as PerformanceEntry & {
          scripts?: { duration: number; invoker: string; sourceURL: string }[];
        };
        const ours = scripts
          .filter(({ sourceURL }) => sourceURL.startsWith(location.origin))
          .map(({ duration, invoker }) => ({ ms: Math.round(duration), from: invoker }));
        window.longTasks.push({ ms: Math.round(entry.duration), ours });
      }
    });
    observer.observe({ type: 'long-animation-frame' });
  });
  return () => page.evaluate(() => window.longTasks.splice(0));
}

function print(what: string, tasks: readonly LongTask[]): void {
  const ours = tasks.flatMap((task) => task.ours).filter(({ ms }) => ms > 50);
  const all = tasks.map(({ ms }) => ms).join(', ') || 'none';
  const own = ours.map(({ ms, from }) => `${ms} (${from})`).join(', ') || 'none';
  console.log(`Over 50 ms on the main thread while ${what}: ${all}; by a script of ours: ${own}`);
}

test('48 megapixels and a streaming answer keep the page responsive', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 200 });
  // A file on disk: a buffer would be carried into the page piece by piece, which blocks it for a second.
  const photo = test.info().outputPath('large.jpg');
  await sharp({ create: { width: 8000, height: 6000, channels: 3, background: '#87a', noise: NOISE } })
    .jpeg({ quality: 60 })
    .toFile(photo);
  const taken = await watchLongTasks(page);
  await page.getByLabel('Add pictures').first().setInputFiles(photo);
  await expect(tray(page).getByRole('button', { name: 'Remove large.jpg' })).toBeVisible({ timeout: 60_000 });
  const opening = await taken();
  await tray(page).getByRole('button', { name: 'Remove large.jpg' }).click();
  await ask(page, 'Tell a long story.');
  await answered(page, 1);
  const streaming = await taken();
  print('a large picture opens', opening);
  print('an answer streams', streaming);
  // The machine that tests is shared: what hangs is caught, what stutters is printed.
  const scripts = [...opening, ...streaming].flatMap((task) => task.ours).map(({ ms }) => ms);
  expect(Math.max(0, ...scripts)).toBeLessThan(500);
});
