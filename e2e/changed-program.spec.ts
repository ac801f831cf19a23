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

const CASES = [
  ['en', '.wasm', 'Invalid'],
  ['zh', '.mjs', 'Aborted('],
] as const;

for (const [language, ending, message] of CASES) {
  test(`with one byte of the runtime's ${ending} file changed, nothing is answered (${language})`, async ({
    browser,
  }) => {
    const context = await browser.newContext({
      baseURL: SITE_URL,
      locale: language,
      serviceWorkers: 'block',
    });
    const page = await context.newPage();
    const asset = site.asset('ort-wasm-simd-threaded-', ending);
    site.damage(asset, (bytes) => changeLetter(bytes, message));
    await page.addInitScript((code) => localStorage.setItem('darkroom.language', code), language);
    await page.addInitScript(() => {
      localStorage.setItem('darkroom.model', 'demo');
      localStorage.setItem('darkroom.backend', 'wasm');
    });
    await page.goto('/');
    await page.locator('textarea').fill('Hello');
    await page.locator('textarea').press('Enter');
    const alert = page.locator('article [role="alert"]');
    await expect(alert).toContainText(CHANGED[language], { timeout: 100_000 });
    await expect(page.locator('article details code').first()).toContainText(`changed-program: ${asset}`);
    await expect(page.locator('article details code').first()).toBeVisible();
    await context.close();
  });
}

test('the page fetches a file anew if the browser’s cache has a damaged copy, and the model answers', async ({
  page,
}) => {
  const asset = site.asset('ort-wasm-simd-threaded-', '.wasm');
  let isFirst = true;
  await page.route(`**/${asset}`, async (route) => {
    if (!isFirst) return route.continue();
    isFirst = false;
    const response = await route.fetch();
    await route.fulfill({ response, body: changeLetter(await response.body(), 'Invalid') });
  });
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 24 });
  await ask(page, 'Hello');
  await answered(page, 1);
  expect(isFirst).toBe(false);
  await expect(answers(page).getByRole('alert')).toHaveCount(0);
});
