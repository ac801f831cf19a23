// Asks held-out questions on the built page in a real Chromium, in the same way as a user.

import { chromium, type Page } from '@playwright/test';
import { join } from 'node:path';
import sharp from 'sharp';
import { answered, arrive, ask, attachments } from '../../../e2e/person.ts';
import { serveBuiltApp } from '../../build/built-app.ts';
import { findChromium } from '../../tests/support/chromium.ts';
import { framesPerSecond, type HeldOut } from './held-out.ts';

/** The time limit is long enough for a software adapter on a busy machine. */
const PATIENCE_MS = 600_000;

/** The rate at which the package samples a clip, in frames per second. */
const SAMPLED = 2;

/**
 * Whether the page can be asked about a clip. The set stores a clip's frames, but the page takes a file and samples it;
 * only if it samples all frames does the model see the same clip.
 */
export function canBeAskedOnPage({ frameSeconds }: HeldOut): boolean {
  return frameSeconds === null || framesPerSecond(frameSeconds) <= SAMPLED;
}

/** Asks `dist/` with its built-in model on WebGPU. */
export async function* answersInBrowser(
  set: string,
  questions: readonly HeldOut[],
): AsyncGenerator<[held: HeldOut, text: string]> {
  const app = await serveBuiltApp();
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu'],
  });
  try {
    const page = await browser.newPage({
      ...{ baseURL: app.origin, serviceWorkers: 'block', locale: 'en-GB' },
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page.setDefaultTimeout(PATIENCE_MS);
    await arrive(page, { model: 'demo', backend: 'webgpu', maxTokens: 200 });
    for (const held of questions) yield [held, await answerTo(page, set, held)];
  } finally {
    await browser.close();
    await app.stop();
  }
}

async function answerTo(page: Page, set: string, held: HeldOut): Promise<string> {
  const { images, frameSeconds, question } = held;
  const anew = page.getByRole('button', { name: 'New conversation' });
  if (await anew.isVisible()) await anew.click();
  if (images.length > 0) {
    const files = images.map((name) => join(set, 'images', name));
    const clip = frameSeconds && (await asClip(files, framesPerSecond(frameSeconds)));
    await page
      .getByLabel('Add pictures')
      .first()
      .setInputFiles(clip ?? files);
    // The page accepts a question while pictures are still being read; here they must be attached first.
    const remove = attachments(page).getByRole('button', { name: /^Remove / });
    await remove.nth(clip ? 0 : images.length - 1).waitFor();
  }
  await ask(page, question);
  const answer = await answered(page, 1, PATIENCE_MS);
  // Copy the model's own text, because the page shows JSON as a table.
  const copy = answer.getByRole('button', { name: 'Copy the answer' });
  if (!(await copy.isVisible())) return '';
  await copy.click();
  await answer.getByRole('status').filter({ hasText: 'Copied' }).waitFor({ state: 'attached' });
  return page.evaluate(() => navigator.clipboard.readText());
}

/** Joins frames into a lossless animated picture. */
async function asClip(
  frames: string[],
  fps: number,
): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  const delay = frames.map(() => Math.round(1000 / fps));
  const buffer = await sharp(frames, { join: { animated: true } })
    .webp({ lossless: true, delay })
    .toBuffer();
  return { name: 'clip.webp', mimeType: 'image/webp', buffer };
}
