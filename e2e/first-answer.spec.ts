// Tests where the built-in model runs if the user has not chosen. Its first answer comes from the processor; if there
// is a graphics processor, the next answer comes from there. The adapter of these tests computes on the processor. A
// test makes it count as a graphics processor by changing its name in the worker that answers.

import { expect, test, type Page } from '@playwright/test';
import { answered, ask, isTrial, question } from './person.ts';

test.use({ locale: 'en', serviceWorkers: 'block' });
test.describe.configure({ timeout: 1_300_000 });

/** The time limit of a step on a software adapter. */
const PATIENCE = 600_000;

/** Whether the address is that of one of the runtime's files, which only the GPU needs. */
const isRuntime = (url: string): boolean => /\/assets\/ort[-.]/.test(url);

/**
 * Opens the page as a user who has chosen no model and no device. Answers are short, because a software adapter takes
 * long. Returns the addresses that the page and its workers request.
 */
async function visit(page: Page): Promise<string[]> {
  await page.addInitScript(() => {
    // The frames in which the page tests its walls have no storage, so leave them out.
    if (window !== window.top) return;
    localStorage.setItem(
      'darkroom.settings',
      JSON.stringify({ preset: 'exact', maxTokens: 4, detail: 'full' }),
    );
  });
  const requested: string[] = [];
  page.context().on('request', (request) => {
    if (!isTrial(request.url())) requested.push(request.url());
  });
  await page.goto('/');
  await expect(question(page)).toBeVisible();
  return requested;
}

/**
 * Gives the adapter the name of a graphics card. The device that it makes keeps its own name, so the worker uses it as
 * usual.
 */
async function nameAdapter(page: Page): Promise<void> {
  await page.route('**/assets/inference.worker-*.js', async (route) => {
    const response = await route.fetch();
    const card =
      '{ vendor: "a", architecture: "card", device: "", description: "", isFallbackAdapter: false }';
    const renamed = `Object.defineProperty(GPUAdapter.prototype, 'info', { get: () => (${card}) });\n`;
    await route.fulfill({ response, body: renamed + (await response.text()) });
  });
}

const model = (page: Page) => page.getByRole('button', { name: /^Built-in model/ });

test('on a graphics processor the first answer needs no runtime, and the second one runs there', async ({
  page,
}) => {
  await nameAdapter(page);
  const requested = await visit(page);
  await ask(page, 'Hello');
  await answered(page, 1);
  const before = requested.findIndex(isRuntime);
  const kernels = requested.findIndex((url) => url.includes('/assets/kernels-'));
  expect(kernels, 'the kernels are fetched').toBeGreaterThanOrEqual(0);
  expect(before === -1 || before > kernels, 'the runtime comes after the kernels').toBe(true);
  await expect(model(page)).toContainText('on the graphics processor', { timeout: PATIENCE });
  expect(requested.some(isRuntime)).toBe(true);
  await ask(page, 'Hello again');
  await answered(page, 2, PATIENCE);
  await expect(model(page)).toContainText('on the graphics processor');
});

test('without a graphics processor the runtime is never fetched, and the header says where the model runs', async ({
  page,
}) => {
  const requested = await visit(page);
  await ask(page, 'Hello');
  await answered(page, 1);
  await expect(model(page)).toContainText('on this processor');
  await ask(page, 'Hello again');
  await answered(page, 2);
  await expect(model(page)).toContainText('on this processor');
  expect(requested.filter(isRuntime)).toEqual([]);
});
