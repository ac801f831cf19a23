// Tests the kiosk in the way in which visitors and the operator use it; the test controls the clock.

import AxeBuilder from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { sampleOf } from '../../../e2e/samples.ts';
import { picturesKept } from '../../cli/kiosk/no-picture.ts';

test.use({
  permissions: ['camera'],
  launchOptions: async ({ launchOptions }, use) => {
    const camera = ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'];
    await use({ ...launchOptions, args: [...(launchOptions.args ?? []), ...camera] });
  },
});

const [{ answer: RIGHT }] = sampleOf('signs').questions;
const finish = (page: Page) => page.getByRole('button', { name: 'Finish and erase' });

async function arrive(page: Page, address = '/?kiosk'): Promise<void> {
  await page.addInitScript(() => {
    // Use WASM, so that the test does not wait for a software adapter.
    localStorage.setItem('darkroom.backend', 'wasm');
  });
  await page.clock.install();
  await page.goto(address);
  await expect(page.getByRole('heading', { name: 'Ask about a picture' })).toBeVisible();
}

/** Touches the first sample and its first question; waits for the answer. */
async function askSample(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /Sample (picture|clip)/ })
    .first()
    .click();
  await page.getByRole('group', { name: 'Ask about it' }).getByRole('button').first().click();
  const answer = page.getByRole('article', { name: 'Answer' });
  await expect(answer.getByText(/^Took /)).toBeVisible({ timeout: 100_000 });
  await expect(answer.locator('[aria-busy]')).toHaveText(RIGHT);
}

test('a visit ends by itself, after a question, and leaves nothing', async ({ page }) => {
  await arrive(page);
  await askSample(page);
  await page.clock.fastForward(61_000);
  const still = page.getByRole('dialog', { name: 'Are you still there?' });
  await expect(still).toContainText(/erased in (1\d|20) seconds/);
  await page.getByRole('button', { name: 'Yes, go on' }).click();
  await expect(still).toBeHidden();
  await expect(page.getByRole('article', { name: 'Answer' })).toBeVisible();
  await page.clock.fastForward(61_000);
  await expect(still).toBeVisible();
  await page.clock.fastForward(21_000);
  await expect(page.getByRole('article', { name: 'Answer' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Begin', exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Begin', exact: true }).click();
  await expect(page.getByRole('img')).toHaveCount(0);
  expect(await picturesKept(page)).toEqual([]);
});

test('the kiosk answers about a camera picture, erases it, and returns to the operator’s language', async ({
  page,
}) => {
  await arrive(page);
  await page.getByRole('button', { name: 'Take a picture' }).click();
  await page.getByRole('button', { name: 'Take the picture' }).click();
  await expect(page.getByRole('img', { name: /^camera / })).toBeVisible();
  await page.getByRole('button', { name: '中文' }).click();
  await page.getByRole('textbox', { name: '您的问题' }).fill('这是什么？');
  await page.getByRole('button', { name: '提问', exact: true }).click();
  await expect(page.getByRole('article', { name: '回答' })).toBeVisible();
  // End the visit in the middle of the answer.
  await page.getByRole('button', { name: '结束并清除' }).click();
  await expect(page.getByRole('heading', { name: 'Ask about a picture' })).toBeVisible();
  expect(await picturesKept(page)).toEqual([]);
  await askSample(page);
});

test('the kiosk says beforehand that the model compares two pictures', async ({ page }) => {
  await arrive(page);
  const note = page.getByText('The model can compare 2 pictures, not more.', { exact: false });
  for (const count of [1, 2, 3]) {
    await page.getByRole('button', { name: 'Take a picture' }).click();
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await expect(page.getByRole('button', { name: /^Remove / })).toHaveCount(count);
  }
  await expect(note).toBeVisible();
  await page
    .getByRole('button', { name: /^Remove / })
    .first()
    .click();
  await expect(note).toHaveCount(0);
});

test('the kiosk erases the contents of tabs from before it was a kiosk', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Add pictures').first().setInputFiles('tools/reference/pictures/odd.png');
  await expect(page.getByRole('button', { name: 'Remove odd.png' })).toBeVisible();
  await expect.poll(() => picturesKept(page)).not.toEqual([]);
  await arrive(page);
  await expect.poll(() => picturesKept(page)).toEqual([]);
});

test('the operator’s panel opens by the PIN alone and shows the statistics', async ({ page }) => {
  await arrive(page);
  await askSample(page);
  await finish(page).click();
  const operator = page.getByRole('button', { name: 'Operator' });
  await operator.click();
  await expect(page.getByText('No PIN is set.')).toBeVisible();
  for (const digit of '4711') await page.getByRole('button', { name: digit, exact: true }).click();
  await page.getByRole('button', { name: 'Set the PIN' }).click();
  await expect(page.getByRole('row', { name: /^Questions/ })).toContainText('1');
  await expect(page.getByRole('row', { name: /^First word/ })).toContainText(' s');
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Save as a file' }).click();
  expect((await download).suggestedFilename()).toBe('kiosk-statistics.json');
  await page.getByRole('button', { name: 'Close' }).click();
  await operator.click();
  await page.getByLabel('PIN', { exact: true }).fill('1234');
  await page.getByRole('button', { name: 'Unlock' }).click();
  await expect(page.getByText('That is not the PIN.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Settings' })).toHaveCount(0);
  // A panel that is left open closes like any visit.
  await page.clock.fastForward(61_000);
  await page.clock.fastForward(21_000);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(operator).toBeVisible();
});

test('the catalogue makes a kiosk that no address turns off', async ({ page }) => {
  const catalogue = JSON.parse(readFileSync('public/models/index.json', 'utf8')) as object;
  await page.route('**/models/index.json', (route) =>
    route.fulfill({ json: { ...catalogue, kiosk: { idleSeconds: 30 } } }),
  );
  await arrive(page, '/?model=demo');
  await expect(page.getByRole('button', { name: 'Conversations' })).toHaveCount(0);
  // The catalogue is unreachable, but the page remembers its kiosk setting from the last visit.
  await page.unroute('**/models/index.json');
  await page.route('**/models/index.json', (route) => route.abort());
  await page.goto('/');
  await expect(page.getByRole('button', { name: 'Begin', exact: true })).toBeVisible();
});

for (const locale of ['en', 'zh']) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`the kiosk is accessible (${locale}, ${colorScheme})`, async ({ browser, baseURL }) => {
      const context = await browser.newContext({ locale, colorScheme, baseURL: baseURL ?? '' });
      const page = await context.newPage();
      await page.addInitScript(() => localStorage.setItem('darkroom.backend', 'wasm'));
      await page.clock.install();
      await page.goto('/?kiosk');
      const tile = page.locator('main.attract li button').first();
      await tile.waitFor();
      const check = async (what: string): Promise<void> => {
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([]);
      };
      await check('waiting');
      const sizes = await page
        .locator('main.attract button')
        .evaluateAll((all) =>
          all.map((one) => Math.min(one.getBoundingClientRect().width, one.getBoundingClientRect().height)),
        );
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(48);
      await tile.click();
      await page.locator('form input').waitFor();
      await check('visited');
      await page.clock.fastForward(61_000);
      await page.getByRole('dialog').waitFor();
      await check('asked');
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: /^(Finish and erase|结束并清除)$/ }).click();
      await page.getByRole('button', { name: /^(Operator|管理员)$/ }).click();
      await page.getByRole('dialog').waitFor();
      await check('operator');
      await context.close();
    });
  }
}
