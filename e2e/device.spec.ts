// Tests features of the device: pictures shared by another app, installation, and voices that read aloud. Also tests an
// answer in the other language.

import { expect, test, type Page } from '@playwright/test';
import { openSaved } from './imported.ts';
import { answered, answers, arrive, FIXTURE, question, attachments } from './person.ts';

test.use({ locale: 'en' });

test.describe('a shared picture', () => {
  test.use({ serviceWorkers: 'allow' });

  test('joins the question with its words, once', async ({ page }) => {
    await page.goto('/');
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
      if (navigator.serviceWorker.controller !== null) return;
      await new Promise((resolve) => navigator.serviceWorker.addEventListener('controllerchange', resolve));
    });
    // The browser posts shared files and text to the address in the web manifest.
    const manifest = (await (await page.request.get('/manifest.webmanifest')).json()) as {
      share_target: { action: string; method: string; params: { files: { name: string }[]; text: string } };
    };
    const { action, method, params } = manifest.share_target;
    const kind = await page.evaluate(
      async ({ action, method, files, text }) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 30 });
        canvas.getContext('2d')?.fillRect(0, 0, 20, 30);
        const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
        const body = new FormData();
        body.append(files, new File(blob === null ? [] : [blob], '照片 1.png', { type: 'image/png' }));
        body.append(text, 'What is this?');
        return (await fetch(action, { method, body, redirect: 'manual' })).type;
      },
      { action, method, files: params.files[0]?.name ?? '', text: params.text },
    );
    expect(kind, 'the page is opened').toBe('opaqueredirect');
    await page.goto('/');
    await expect(attachments(page).getByRole('button', { name: 'Look at 照片 1.png' })).toBeVisible();
    await expect(question(page)).toHaveValue('What is this?');
    expect(await page.evaluate(() => caches.has('darkroom-shared'))).toBe(false);
  });
});

test('the page shows an Install button if the browser has a prompt of its own, and shows that prompt once', async ({
  page,
}) => {
  await page.goto('/');
  await expect(question(page)).toBeVisible();
  const install = page.getByRole('button', { name: 'Install Darkroom' });
  await expect(install).toHaveCount(0);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('dialog')).toContainText('Open the browser’s menu');
  await page.keyboard.press('Escape');
  // Chromium decides when to fire this event, and never fires it in a test.
  await page.evaluate(() => {
    const prompt = (): Promise<{ outcome: string }> => {
      document.documentElement.dataset['prompted'] = 'yes';
      return Promise.resolve({ outcome: 'accepted' });
    };
    window.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }));
  });
  await install.click();
  await expect(page.locator('html')).toHaveAttribute('data-prompted', 'yes');
  await expect(install).toHaveCount(0);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('dialog')).toContainText('It is installed on this device.');
});

/** Adds fake voices, because this browser has none: one that sends its text to a server, and a local one. */
async function giveVoices(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const voice = (name: string, lang: string, localService: boolean): object => ({
      name,
      lang,
      localService,
    });
    const said: string[] = [];
    Object.assign(window, { said });
    class Utterance {
      voice: { name: string } | null = null;
      text: string;
      constructor(text: string) {
        this.text = text;
      }
    }
    Object.assign(window, { SpeechSynthesisUtterance: Utterance });
    Object.assign(window.speechSynthesis, {
      getVoices: () => [voice('server', 'zh-CN', false), voice('Ann', 'en-GB', true)],
      speak: (one: Utterance) => said.push(`${one.voice?.name ?? 'none'}: ${one.text}`),
      cancel: () => said.push('stop'),
    });
  });
}

test('the page offers no reading aloud without a voice on this device', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  const answer = await openSaved(page, { answer: 'A red mug.' });
  await expect(answer.getByRole('button', { name: 'Copy the answer' })).toBeVisible();
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toHaveCount(0);
});

test('a local voice reads an answer in its language, and stops on request', async ({ page }) => {
  await giveVoices(page);
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  const answer = await openSaved(page, { answer: 'A red mug. It is full.' });
  await answer.getByRole('button', { name: 'Read aloud' }).click();
  await answer.getByRole('button', { name: 'Stop reading' }).click();
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toBeVisible();
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said);
  expect(said.filter((one) => one !== 'stop')).toEqual(['Ann: A red mug.', 'Ann: It is full.']);
  expect(said.at(-1)).toBe('stop');
});

test('the page does not read an answer aloud if only a voice on a server speaks its language', async ({
  page,
}) => {
  await giveVoices(page);
  await arrive(page, { model: FIXTURE, backend: 'wasm' });
  const answer = await openSaved(page, { answer: '桌上有一个红色的杯子。' });
  await expect(answer.getByRole('button', { name: 'Translate into English' })).toBeVisible();
  await expect(answer.getByRole('button', { name: 'Read aloud' })).toHaveCount(0);
});

test('the page asks a model that knows both languages for its answer in the other one', async ({ page }) => {
  await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 4 });
  const answer = await openSaved(page, { answer: 'A red mug.' });
  await answer.getByRole('button', { name: 'Translate into Chinese' }).click();
  await answered(page, 2);
  await expect(page.getByRole('article', { name: 'You asked' }).last()).toContainText(
    'Translate your last answer into Chinese.',
  );
  // The question names the last answer, so only that answer has the button.
  await expect(
    answers(page)
      .first()
      .getByRole('button', { name: /^Translate/ }),
  ).toHaveCount(0);
});

test('the page does not ask the built-in model, which only knows its pictures, to translate', async ({
  page,
}) => {
  await arrive(page, { model: 'demo', backend: 'wasm' });
  const answer = await openSaved(page, { answer: 'A red mug.' });
  await expect(answer.getByRole('button', { name: 'Copy the answer' })).toBeVisible();
  await expect(answer.getByRole('button', { name: /^Translate/ })).toHaveCount(0);
});
