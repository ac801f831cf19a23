// What a user can see: a package is chosen, a picture and a question are given, the answer streams.

import { expect, test, type Page } from '@playwright/test';

const WASM = 'WASM (processor)';
const PICTURE = 'tools/reference/pictures/odd.png';

/** Fills the form and asks; the answer is then on its way. */
async function ask(page: Page, options: { backend: string; maxTokens: number }): Promise<void> {
  await page.getByLabel('Package', { exact: true }).selectOption('dense-tied-exact');
  await page.getByLabel(options.backend).check();
  await page.getByLabel('Longest answer, in tokens').fill(String(options.maxTokens));
  await page.getByLabel('Question').fill('Describe this image in detail.');
  await page.getByRole('button', { name: 'Ask' }).click();
}

const status = (page: Page): ReturnType<Page['getByRole']> => page.getByRole('status');
const answer = (page: Page): ReturnType<Page['getByRole']> =>
  page.getByRole('region', { name: 'Answer' }).getByRole('paragraph');

/** Remembers every text that the answer has shown. */
async function watchAnswer(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shown = new Set<string>();
    Object.assign(window, { shown });
    new MutationObserver(() => {
      const text = document.querySelector('section[aria-label="Answer"] p')?.textContent;
      if (text) shown.add(text);
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
  return () => page.evaluate(() => Array.from((window as unknown as { shown: Set<string> }).shown));
}

test('the same greedy answer streams on WASM and on WebGPU, and nothing leaves the machine', async ({
  page,
}) => {
  const hosts = new Set<string>();
  page.on('request', (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol.startsWith('http')) hosts.add(hostname);
  });
  await page.goto('/');
  await page.getByLabel('Choose pictures').setInputFiles(PICTURE);
  await expect(page.getByRole('img', { name: 'odd.png' })).toBeVisible();
  const answers: string[] = [];
  for (const backend of [WASM, 'WebGPU']) {
    const shown = await watchAnswer(page);
    await ask(page, { backend, maxTokens: 24 });
    await expect(status(page)).toHaveText(/^(Finished|Longest answer reached): \d+ tokens?$/, {
      timeout: 100_000,
    });
    await expect(page.getByText(/^[\d.,]+ tokens\/s$/)).toBeVisible();
    const text = (await answer(page).textContent()) ?? '';
    const steps = await shown();
    expect(steps.length, 'the text came in pieces').toBeGreaterThan(2);
    expect(
      steps.every((step) => text.startsWith(step)),
      'each a beginning of the whole',
    ).toBe(true);
    answers.push(text);
  }
  expect(answers[0]?.length).toBeGreaterThan(0);
  expect(answers[1]).toBe(answers[0]);
  expect(Array.from(hosts)).toEqual(['localhost']);
});

test('Stop ends an answer, keeps what is written, and the next question is answered', async ({ page }) => {
  await page.goto('/');
  await ask(page, { backend: WASM, maxTokens: 2000 });
  await expect(answer(page)).not.toBeEmpty();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(status(page)).toHaveText('Stopped.');
  await expect(answer(page)).not.toBeEmpty();
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/2 tokens$/);
});

test('a damaged shard is refused, and a sentence says so', async ({ page }) => {
  await page.goto('/');
  await page.route('**/*.safetensors', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/^A part of the model is damaged/);
  await page.getByText('Details').click();
  await expect(page.getByText(/corrupt-shard: [0-9a-f]{64}\.safetensors does not match/)).toBeVisible();
});

test('a worker that dies is told, and the next question starts another', async ({ page }) => {
  await page.goto('/');
  await page.route('**/inference.worker*.js', (route) => route.abort());
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/^The model stopped unexpectedly/);
  await page.unroute('**/inference.worker*.js');
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/2 tokens$/);
});

test('a damaged picture is refused, can be taken away, and the question goes on without it', async ({
  page,
}) => {
  await page.goto('/');
  const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') };
  await page.getByLabel('Choose pictures').setInputFiles(broken);
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/^This picture is damaged/);
  await page.getByRole('button', { name: 'Remove broken.png' }).click();
  await expect(page.getByRole('img')).toHaveCount(0);
  await ask(page, { backend: WASM, maxTokens: 2 });
  await expect(status(page)).toHaveText(/2 tokens$/);
});

test('an address without a package says that it is not there', async ({ page }) => {
  await page.goto('/');
  await page.getByLabel('Package', { exact: true }).selectOption('Another address…');
  await page.getByLabel('Address of the package').fill('/packages/nothing-here/');
  await page.getByLabel('Question').fill('Are you there?');
  await page.getByLabel(WASM).check();
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(status(page)).toHaveText(/^A part of the model is missing/);
});
