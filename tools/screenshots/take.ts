// npm run screenshots [-- --only library]: pictures of every state of the page, phone and desktop, light and
// dark, in both languages, into .cache/screenshots. Look at each before a release.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { bring, STATES } from '../../e2e/states.ts';
import { findChromium } from '../test/chromium.ts';
import { APP_PORT } from '../test/places.ts';

const DEVICES = {
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
};
const SCHEMES = ['light', 'dark'] as const;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' };

const { values } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string', default: '.cache/screenshots' } },
});
mkdirSync(values.out, { recursive: true });
await build({ logLevel: 'warn' });
const port = APP_PORT + 20;
const site = await preview({ logLevel: 'warn', preview: { port, strictPort: true } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu'],
});
try {
  for (const state of STATES) if (values.only === undefined || values.only === state) await take(state);
} finally {
  await browser.close();
  await site.close();
}

/** One state in all its looks. */
async function take(state: (typeof STATES)[number]): Promise<void> {
  for (const [device, options] of Object.entries(DEVICES)) {
    for (const [language, locale] of Object.entries(LOCALES)) {
      for (const colorScheme of SCHEMES) {
        const baseURL = `http://localhost:${port}/`;
        const context = await browser.newContext({
          ...options,
          ...{ locale, colorScheme, baseURL, serviceWorkers: 'block' },
        });
        const page = await context.newPage();
        await bring(page, state);
        const file = join(values.out, `${state}-${device}-${colorScheme}-${language}.png`);
        await page.screenshot({ path: file, animations: 'disabled' });
        await context.close();
        console.log(file);
      }
    }
  }
}
