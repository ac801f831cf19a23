// npm run screenshots [-- --only library,answered] [--on phone,zoomed] [--built]: takes pictures of every state of the
// page, on a phone (portrait and landscape) and a desktop (normal and zoomed to 200 %), light and dark, in both
// languages, into .cache/screenshots. Look at each picture before a release.

import { chromium } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { openInState, STATES } from '../../e2e/states.ts';
import { findChromium } from '../tests/support/chromium.ts';
import { APP_PORT } from '../tests/support/places.ts';

const DEVICES = {
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  sideways: { viewport: { width: 740, height: 360 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  desktop: { viewport: { width: 1280, height: 800 }, deviceScaleFactor: 1 },
  zoomed: { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
};
const SCHEMES = ['light', 'dark'] as const;
const LOCALES = { en: 'en-GB', zh: 'zh-CN' };

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    on: { type: 'string' },
    out: { type: 'string', default: '.cache/screenshots' },
    /** Whether to use dist/ without a new build. */
    built: { type: 'boolean', default: false },
  },
});
const chosen = values.only?.split(',');
const states = STATES.filter((state) => chosen === undefined || chosen.includes(state));
const devices = (Object.keys(DEVICES) as (keyof typeof DEVICES)[]).filter(
  (device) => values.on?.split(',').includes(device) ?? true,
);
const out = resolve(values.out);
mkdirSync(out, { recursive: true });
if (!values.built) await build({ logLevel: 'warn' });
const port = APP_PORT + 20;
const site = await preview({ logLevel: 'warn', preview: { port, strictPort: true } });
const executablePath = findChromium();
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu'],
});
try {
  for (const device of devices) {
    for (const language of Object.keys(LOCALES) as (keyof typeof LOCALES)[]) await take(device, language);
  }
  console.log(`${states.length * devices.length * 4} pictures in ${out}`);
} finally {
  await browser.close();
  await site.close();
}

/** Takes every state on one device in one language; the model is fetched once. */
async function take(device: keyof typeof DEVICES, language: keyof typeof LOCALES): Promise<void> {
  const context = await browser.newContext({
    ...DEVICES[device],
    locale: LOCALES[language],
    baseURL: `http://localhost:${port}/`,
    serviceWorkers: 'block',
  });
  for (const state of states) {
    const page = await context.newPage();
    await openInState(page, state);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const path = join(out, `${state}-${device}-${colorScheme}-${language}.png`);
      await page.screenshot({ path, animations: 'disabled' });
    }
    await page.close();
    console.log(`${state}, ${device}, ${language}`);
  }
  await context.close();
}
