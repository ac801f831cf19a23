// npm run film: writes the README's moving picture. On the built page, a visitor chooses a sample picture and asks a
// question about it; the built-in model answers and marks the things that it names. The film runs in real time, but its
// pauses are shortened, and repeated frames are dropped.

import { chromium, type Page } from '@playwright/test';
import { resolve } from 'node:path';
import sharp from 'sharp';
import { build, preview } from 'vite';
import { answered, arrive } from '../../e2e/person.ts';
import { SAMPLE } from '../../e2e/page-steps.ts';
import { sampleOf } from '../../e2e/samples.ts';
import { findChromium } from '../tests/support/chromium.ts';
import { APP_PORT } from '../tests/support/places.ts';

const OUT = resolve('docs/pictures/answer.webp');
const VIEWPORT = { width: 960, height: 720 };
/** How long the film shows the result of each click, and the answer at the end. */
const LOOK_MS = 1200;
const END_MS = 4000;
/** No frame is shown longer than this, so that the viewer need not sit through a pause of the page. */
const LONGEST_MS = 700;

interface Frame {
  png: Buffer;
  at: number;
}

await build({ logLevel: 'error' });
const port = APP_PORT + 20;
const site = await preview({ logLevel: 'warn', preview: { port, strictPort: true } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-dev-shm-usage'],
});
try {
  const page = await browser.newPage({
    viewport: VIEWPORT,
    locale: 'en-GB',
    colorScheme: 'light',
    baseURL: `http://localhost:${port}/`,
    serviceWorkers: 'block',
  });
  await arrive(page, { model: 'demo', backend: 'wasm' });
  await page.locator('header .model').filter({ hasNotText: 'getting ready' }).waitFor();
  const frames = await film(page, () => visit(page));
  await write(frames);
} finally {
  await browser.close();
  await site.close();
}

async function visit(page: Page): Promise<void> {
  const { index, questions } = sampleOf('grounding');
  await page.waitForTimeout(LOOK_MS);
  await page.getByRole('button', { name: SAMPLE }).nth(index).click();
  await page.waitForTimeout(LOOK_MS);
  await page.getByRole('button', { name: questions[0].words, exact: true }).click();
  await answered(page, 1);
  await page.waitForTimeout(LOOK_MS);
}

/** Takes pictures of the page while `act` runs. Drops a picture that equals the previous one. */
async function film(page: Page, act: () => Promise<void>): Promise<Frame[]> {
  const frames: Frame[] = [];
  let isOver = false;
  const acting = act().finally(() => (isOver = true));
  while (!isOver) {
    const png = await page.screenshot();
    if (frames.at(-1)?.png.equals(png) !== true) frames.push({ png, at: performance.now() });
  }
  await acting;
  return frames;
}

async function write(frames: readonly Frame[]): Promise<void> {
  const delay = frames.map(({ at }, index) => {
    const next = frames[index + 1];
    return next === undefined ? END_MS : Math.min(LONGEST_MS, Math.round(next.at - at));
  });
  const { size } = await sharp(
    frames.map(({ png }) => png),
    { join: { animated: true } },
  )
    .webp({ quality: 85, effort: 6, minSize: true, loop: 0, delay })
    .toFile(OUT);
  const seconds = delay.reduce((sum, each) => sum + each, 0) / 1000;
  console.log(`${OUT}: ${frames.length} frames, ${seconds.toFixed(1)} s, ${(size / 1000).toFixed(0)} KB`);
}
