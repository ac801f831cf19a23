// Tests that, if the page dies while a model is loading or answering, the next visit asks before it loads that model
// again.

import { expect, test, type Page } from '@playwright/test';
import { answered, arrive, ask, FIXTURE } from './person.ts';

// Playwright does not intercept requests that go through a service worker.
test.use({ serviceWorkers: 'block' });

const KERNELS = /kernels-[^/]*\.wasm/;
const notice = (page: Page) => page.getByRole('status').filter({ hasText: `while ${FIXTURE} was at work` });

/** Waits until the page is in the middle of loading the model. */
async function untilLoading(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('darkroom.loading.'))),
    )
    .toHaveLength(1);
}

test('the visit after a page died while loading a model asks, offers a smaller model, and works', async ({
  page,
  context,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  await ask(page, 'Hello?');
  await answered(page, 1);
  await context.route(KERNELS, () => undefined);
  await page.reload();
  await untilLoading(page);

  const crash = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // Chromium never answers this command, because the page is gone.
  session.send('Page.crash').catch(() => undefined);
  await crash;
  await page.close();
  await context.unroute(KERNELS);

  const next = await context.newPage();
  await next.goto('/');
  await expect(notice(next)).toBeVisible();
  // The page may fetch the kernels, but must not load the model before the user decides.
  await expect(next.locator('header .model')).not.toContainText('getting ready');
  // The user can open the settings and the library.
  await next.getByRole('button', { name: 'Settings' }).click();
  await expect(next.getByRole('dialog')).toBeVisible();
  await next.keyboard.press('Escape');
  await notice(next).getByRole('button', { name: 'Models' }).click();
  await expect(next.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await next.keyboard.press('Escape');

  await ask(next, 'Hello?');
  await expect(next.getByText('This question waits until you choose a model').first()).toBeVisible();
  await next.getByRole('button', { name: 'Choose', exact: true }).click();
  await expect(notice(next).getByRole('button', { name: 'Use Built-in model' })).toBeFocused();
  await notice(next).getByRole('button', { name: 'Use Built-in model' }).click();
  await answered(next, 1);
  await next.reload();
  await expect(next.locator('header .model .name')).toHaveText('Built-in model');
  await expect(notice(next)).toHaveCount(0);
});

test('a page that the user leaves while it loads did not die, and neither did another tab that loads', async ({
  page,
  context,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  await ask(page, 'Hello?');
  await answered(page, 1);
  await context.route(KERNELS, () => undefined);
  await page.reload();
  await untilLoading(page);
  const other = await context.newPage();
  await other.goto('/');
  await expect(other.locator('header .model .state')).toContainText('getting ready');
  await expect(notice(other)).toHaveCount(0);
  await other.close();
  await page.reload();
  await expect(page.locator('header .model .state')).toContainText('getting ready');
  await expect(notice(page)).toHaveCount(0);
});
