// A model that the page dies with: the next visit asks before it loads that model again.

import { expect, test, type Page } from '@playwright/test';
import { answered, arrive, ask, FIXTURE } from './person.ts';

// The runtime is held up here.
test.use({ serviceWorkers: 'block' });

const RUNTIME = /ort-wasm[^/]*\.wasm/;
const notice = (page: Page) => page.getByRole('status').filter({ hasText: `while ${FIXTURE} was at work` });

/** The page stands still in the middle of a load. */
async function untilLoading(page: Page): Promise<void> {
  await expect
    .poll(() =>
      page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('darkroom.loading.'))),
    )
    .toHaveLength(1);
}

test('after a page died while it loaded a model, the next visit asks, offers the smaller one, and works', async ({
  page,
  context,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  await ask(page, 'Hello?');
  await answered(page, 1);
  await context.route(RUNTIME, () => undefined);
  await page.reload();
  await untilLoading(page);

  const crash = page.waitForEvent('crash');
  const session = await context.newCDPSession(page);
  // Never answered: the page is gone.
  session.send('Page.crash').catch(() => undefined);
  await crash;
  await page.close();
  await context.unroute(RUNTIME);

  const next = await context.newPage();
  await next.goto('/');
  await expect(notice(next)).toBeVisible();
  // The runtime may be fetched; the model is not loaded before the user says so.
  await expect(next.locator('header .model')).not.toContainText('getting ready');
  // The way to the settings and the library is open.
  await next.getByRole('button', { name: 'Settings' }).click();
  await expect(next.getByRole('dialog')).toBeVisible();
  await next.keyboard.press('Escape');
  await notice(next).getByRole('button', { name: 'Models' }).click();
  await expect(next.getByRole('dialog', { name: 'Models' })).toBeVisible();
  await next.keyboard.press('Escape');

  await ask(next, 'Hello?');
  await notice(next).getByRole('button', { name: 'Use Built-in model' }).click();
  await answered(next, 1);
  await next.reload();
  await expect(next.locator('header .model .name')).toHaveText('Built-in model');
  await expect(notice(next)).toHaveCount(0);
});

test('a page that is left while it loads did not die, and another tab that loads is not dead', async ({
  page,
  context,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 8 });
  await ask(page, 'Hello?');
  await answered(page, 1);
  await context.route(RUNTIME, () => undefined);
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
