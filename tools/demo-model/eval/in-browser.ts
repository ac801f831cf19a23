// Held-out questions asked on the built page in a real Chromium, as a person would.

import { chromium, type Page } from '@playwright/test';
import { join } from 'node:path';
import { answered, arrive, ask, said, tray } from '../../../e2e/person.ts';
import { serveBuiltApp } from '../../serve/built-app.ts';
import { findChromium } from '../../test/chromium.ts';
import type { HeldOut } from './held-out.ts';

/** A software adapter on a busy machine. */
const PATIENCE_MS = 600_000;

/** Asks `dist/` with its built-in model on WebGPU; clips are left out: the set has their frames, the page takes files. */
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
    const page = await browser.newPage({ baseURL: app.origin, serviceWorkers: 'block', locale: 'en-GB' });
    page.setDefaultTimeout(PATIENCE_MS);
    await arrive(page, { model: 'demo', backend: 'webgpu', maxTokens: 200 });
    for (const held of questions) {
      if (held.frameSeconds === null) yield [held, await answerTo(page, set, held)];
    }
  } finally {
    await browser.close();
    await app.stop();
  }
}

async function answerTo(page: Page, set: string, { images, question }: HeldOut): Promise<string> {
  const anew = page.getByRole('button', { name: 'New conversation' });
  if (await anew.isVisible()) await anew.click();
  if (images.length > 0) {
    const files = images.map((name) => join(set, 'images', name));
    await page.getByLabel('Add pictures').first().setInputFiles(files);
    // The page takes a question while pictures are still being read; here they must be there.
    const remove = tray(page).getByRole('button', { name: /^Remove / });
    await remove.nth(images.length - 1).waitFor();
  }
  await ask(page, question);
  return said(await answered(page, 1, PATIENCE_MS));
}
