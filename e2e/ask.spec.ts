// Tests that the user gives a picture and a question, and that the answer streams. Also tests the messages for failures
// on the way.

import { expect, test, type Page } from '@playwright/test';
import {
  addPictures,
  answered,
  answers,
  arrive,
  ask,
  beginAnew,
  figures,
  FIXTURE,
  isTrial,
  question,
  said,
  attachments,
  ENDLESS,
} from './person.ts';

/** Records every text that the answer shows. Returns a function that returns these texts. */
async function watchAnswer(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const shown = new Set<string>();
    Object.assign(window, { shown });
    new MutationObserver(() => {
      const text = document.querySelector('article[aria-label="Answer"] [aria-busy]')?.textContent;
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
    if (protocol.startsWith('http') && !isTrial(request.url())) hosts.add(hostname);
  });
  const texts: string[] = [];
  for (const backend of ['wasm', 'webgpu'] as const) {
    await arrive(page, { model: FIXTURE, backend, maxTokens: 24 });
    await addPictures(page, 'odd.png');
    const shown = await watchAnswer(page);
    await ask(page, 'Describe this image in detail.');
    const answer = await answered(page, 1);
    await expect(await figures(answer)).toHaveText(/[\d.,]+ tokens\/s/);
    expect((await shown()).length, 'the text came in pieces').toBeGreaterThan(1);
    texts.push(await said(answer));
    await beginAnew(page);
  }
  expect(texts[0]?.length).toBeGreaterThan(0);
  expect(texts[1]).toBe(texts[0]);
  expect(Array.from(hosts)).toEqual(['localhost']);
});

test('Stop ends an answer and keeps its text, and the model answers the next question @main', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: ENDLESS });
  await ask(page, 'Describe everything.');
  const text = answers(page).locator('[aria-busy]');
  await expect(text).not.toBeEmpty({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(answers(page).getByText('Stopped.')).toBeVisible();
  await expect(text).not.toBeEmpty();
  await ask(page, 'Again, please.');
  await expect(answers(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await expect(answers(page).nth(1).getByText('Stopped.')).toBeVisible();
});

test('the page refuses a damaged shard in a sentence, and the model answers on the second try @main', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  await page.route('**/*.safetensors', async (route) => {
    const response = await route.fetch();
    const body = await response.body();
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
    await route.fulfill({ response, body });
  });
  await ask(page, 'Hello?');
  await expect(answers(page).getByRole('alert')).toContainText('A part of the model is damaged', {
    timeout: 60_000,
  });
  await answers(page).getByText('Details').click();
  await expect(page.getByText(/corrupt-shard: [0-9a-f]{64}\.safetensors does not match/)).toBeVisible();
  await page.unroute('**/*.safetensors');
  await page.getByRole('button', { name: 'Try again' }).click();
  await answered(page, 1);
});

test('the page reports a worker that dies, and the next question starts another @main', async ({ page }) => {
  await page.route('**/inference.worker*.js', (route) => route.abort());
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 2 });
  await ask(page, 'Hello?');
  await expect(answers(page).getByRole('alert')).toBeVisible({ timeout: 60_000 });
  await page.unroute('**/inference.worker*.js');
  await page.getByRole('button', { name: 'Try again' }).click();
  await answered(page, 1);
});

test('the page replaces a worker that dies while it answers, and the answer continues unchanged', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 300 });
  await ask(page, 'Tell a story.');
  const undisturbed = await said(await answered(page, 1));
  const inference = () => page.workers().find((one) => one.url().includes('inference.worker'));
  const worker = inference();
  if (worker === undefined) throw new Error('No worker answers.');
  // The worker dies after a hundred of the messages by which it reports the answer.
  await worker.evaluate(() => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- Reflect.apply passes the port
    const post: (...args: never[]) => void = MessagePort.prototype.postMessage;
    let sent = 0;
    MessagePort.prototype.postMessage = function (...args: unknown[]): void {
      if (++sent === 100) {
        setTimeout(() => {
          throw new Error('gone');
        });
      }
      Reflect.apply(post, this, args);
    };
  });
  await page.getByRole('button', { name: 'Answer again' }).click();
  await expect.poll(inference, 'another worker answers').not.toBe(worker);
  expect(await said(await answered(page, 1))).toBe(undisturbed);
  await ask(page, 'And then?');
  await answered(page, 2);
});

test('the page reports a question that is too long for the model, and answers the next one', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm', maxTokens: 8 });
  await ask(page, 'very '.repeat(9000));
  await expect(answers(page).getByRole('alert')).toContainText('longer than this model can take in', {
    timeout: 60_000,
  });
  await ask(page, 'What do you know?');
  await expect(answers(page)).toHaveCount(2);
  await expect(
    answers(page)
      .nth(1)
      .getByText(/^Took /),
  ).toBeVisible({ timeout: 100_000 });
});

test('the page refuses a file that is no picture by its name, and adds the others @main', async ({
  page,
}) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  const broken = { name: 'broken.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') };
  await page.getByLabel('Add pictures').first().setInputFiles(broken);
  const refusal = page.getByRole('alert');
  await expect(refusal).toContainText('broken.png was not added.');
  await expect(refusal).toContainText('Text, not a picture.');
  // The question field is empty, so the notice must not say that its words are kept.
  await expect(refusal).not.toContainText('kept');
  await question(page).fill('What is here?');
  await expect(refusal.getByText('What you have written is kept.')).toHaveCount(1);
  await question(page).fill('');
  await addPictures(page, 'odd.png');
  await refusal.getByRole('button', { name: 'Dismiss' }).click();
  await expect(refusal).toHaveCount(0);
  await attachments(page).getByRole('button', { name: 'Remove odd.png' }).click();
  await expect(attachments(page)).toHaveCount(0);
});

test('the page says so if a model is no longer stored', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  await page.route('**/packages/**', (route) => route.fulfill({ status: 404, body: '' }));
  await ask(page, 'Are you there?');
  await expect(answers(page).getByRole('alert')).toContainText('A part of the model is missing.', {
    timeout: 60_000,
  });
});
