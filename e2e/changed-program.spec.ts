// Tests a host, or a cache on the way, that sends a program which differs from the built one. The page must name the
// file, and must never run it.

import { expect, test } from '@playwright/test';
import { answered, answers, arrive, ask } from './person.ts';
import { Site, SITE_URL } from './site.ts';

test.use({ baseURL: SITE_URL, serviceWorkers: 'block' });
test.describe.configure({ timeout: 300_000 });

const CHANGED = {
  en: 'not the one that this page was built with',
  zh: '与本页面构建时的不同',
};
let site: Site;

test.beforeEach(async () => {
  site = await Site.start(test.info().outputPath('site'));
});

test.afterEach(() => site.remove());

/** Changes one byte of a message inside the program, so that the program would still run. */
function changeLetter(bytes: Buffer, message: string): Buffer {
  const at = bytes.indexOf(message);
  if (at < 0) throw new Error(`The program has no “${message}”.`);
  bytes[at] = (bytes[at] ?? 0) ^ 0x20;
  return bytes;
}

function changeLast(bytes: Buffer): Buffer {
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  return bytes;
}

/** The processor's kernels, which have no message, and the glue code of the GPU's runtime. */
const CASES = [
  ['en', 'wasm', 'the kernels'],
  ['zh', 'webgpu', 'the runtime'],
] as const;

for (const [language, backend, program] of CASES) {
  test(`with one byte of ${program} changed, nothing is answered (${language})`, async ({ browser }) => {
    const context = await browser.newContext({
      baseURL: SITE_URL,
      locale: language,
      serviceWorkers: 'block',
    });
    const page = await context.newPage();
    const glue = site.asset('ort-wasm-simd-threaded.jspi-', '.mjs');
    const assets = backend === 'wasm' ? site.kernels : [glue];
    const change = backend === 'wasm' ? changeLast : (bytes: Buffer) => changeLetter(bytes, 'Aborted(');
    for (const asset of assets) site.damage(asset, change);
    await page.addInitScript((code) => localStorage.setItem('darkroom.language', code), language);
    await page.addInitScript((chosen) => {
      localStorage.setItem('darkroom.model', 'demo');
      localStorage.setItem('darkroom.backend', chosen);
    }, backend);
    await page.goto('/');
    await page.locator('textarea').fill('Hello');
    await page.locator('textarea').press('Enter');
    const alert = page.locator('article [role="alert"]');
    await expect(alert).toContainText(CHANGED[language], { timeout: 100_000 });
    const named = new RegExp(`changed-program: (${assets.join('|')})`);
    await expect(page.locator('article details code').first()).toContainText(named);
    await expect(page.locator('article details code').first()).toBeVisible();
    await context.close();
  });
}

test('the page fetches a file anew if the browser’s cache has a damaged copy, and the model answers', async ({
  page,
}) => {
  let isFirst = true;
  await page.route(/kernels-[^/]*\.wasm/, async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    const response = await route.fetch();
    await route.fulfill({ response, body: changeLast(await response.body()) });
  });
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  expect(isFirst).toBe(false);
  await expect(answers(page).getByRole('alert')).toHaveCount(0);
});
