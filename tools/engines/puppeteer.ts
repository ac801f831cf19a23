// Chromium and Firefox, with a profile of their own that nothing was set in.

import { launch, type ElementHandle, type LaunchOptions } from 'puppeteer-core';
import type { Driver, Logged } from './driver.ts';

const PATIENCE_MS = 600_000;

export function openChromium(executablePath: string): Promise<Driver> {
  return open({
    browser: 'chrome',
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--lang=en-US'],
  });
}

/** `preferences`: settings of about:config that a user has changed; none for a newcomer. */
export function openFirefox(
  executablePath: string,
  preferences: Record<string, unknown> = {},
): Promise<Driver> {
  return open({ browser: 'firefox', executablePath, extraPrefsFirefox: preferences });
}

async function open(options: LaunchOptions): Promise<Driver> {
  const browser = await launch({ ...options, headless: true, protocolTimeout: PATIENCE_MS });
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.setViewport({ width: 1280, height: 900 });
  const element = async (selector: string): Promise<ElementHandle> => {
    const found = await page.$(selector);
    if (found === null) throw new Error(`There is no ${selector}.`);
    return found;
  };
  // The page asks before it is left with pictures that it has not stored yet.
  page.on('dialog', (dialog) => void dialog.accept());
  const shown: Logged[] = [];
  page.on('console', (message) => shown.push({ kind: message.type(), text: message.text() }));
  page.on('pageerror', (error) => shown.push({ kind: 'error', text: String(error) }));
  return {
    console: shown,
    version: await browser.version(),
    goto: async (url) => {
      await page.goto(url);
    },
    reload: async () => {
      await page.reload();
    },
    evaluate: async (job, ...args) =>
      (await page.evaluate(job as (...all: unknown[]) => unknown, ...args)) as never,
    click: async (selector) => (await element(selector)).click(),
    type: async (selector, text) => (await element(selector)).type(text),
    upload: async (selector, files) => {
      const input = (await element(selector)) as ElementHandle<HTMLInputElement>;
      await input.uploadFile(...files);
    },
    close: () => browser.close(),
  };
}
