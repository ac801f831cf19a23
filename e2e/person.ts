// A user's actions on the page, which find controls by the names that the user sees.

import { expect, type Locator, type Page } from '@playwright/test';

export const PICTURES = 'tools/reference/pictures';

/** A model with random weights. Its answers make no sense, but come quickly and use up the allowed number of tokens. */
export const FIXTURE = 'dense-tied-exact';
/** A model with the same weights, whose template begins each answer with a thought. */
export const THINKING_FIXTURE = 'dense-thinking-exact';
/** A model that repeats one sentence endlessly, with a context of 4,096 tokens. */
export const REPEATING_FIXTURE = 'dense-repeating-exact';

export interface Choices {
  /** 'demo' for the built-in model, or the name of a package that the tests convert. */
  model: string;
  backend: 'wasm' | 'webgpu';
  maxTokens?: number;
}

/** Opens the page for a user who made these choices on an earlier visit. */
/** More tokens than a model of random weights writes before a test stops it, however fast the machine is. */
export const ENDLESS = 30_000;

export async function arrive(
  page: Page,
  { model, backend, maxTokens = 64 }: Choices,
  address = '/',
): Promise<void> {
  await page.addInitScript(
    (chosen) => {
      // The frames in which the page tests its walls have no storage, so leave them out.
      if (window !== window.top) return;
      const id = chosen.model === 'demo' ? 'demo' : new URL(`/packages/${chosen.model}/`, location.href).href;
      localStorage.setItem('darkroom.model', id);
      localStorage.setItem('darkroom.backend', chosen.backend);
      const settings = { preset: 'exact', maxTokens: chosen.maxTokens, detail: 'full' };
      localStorage.setItem('darkroom.settings', JSON.stringify(settings));
    },
    { model, backend, maxTokens },
  );
  await page.goto(address);
  await expect(question(page)).toBeVisible();
}

/** Whether this request belongs to the test of the page's walls: its host cannot exist, and the policy stops it. */
export const isTrial = (url: string): boolean => new URL(url).hostname.endsWith('.darkroom-walls.invalid');

export const question = (page: Page): Locator => page.getByRole('textbox', { name: 'Question', exact: true });

/** All answers, in order. */
export const answers = (page: Page): Locator => page.getByRole('article', { name: 'Answer' });

export async function addPictures(page: Page, ...files: string[]): Promise<void> {
  await page
    .getByLabel('Add pictures')
    .first()
    .setInputFiles(files.map((file) => `${PICTURES}/${file}`));
  await expect(attachments(page).getByRole('button', { name: /^Remove / })).toHaveCount(files.length);
}

export const attachments = (page: Page): Locator =>
  page.getByRole('list', { name: 'Pictures of the next question' });

export async function ask(page: Page, words: string): Promise<void> {
  await question(page).fill(words);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
}

/** Waits until the n-th answer, counted from 1, has ended without a failure. */
export async function answered(page: Page, n: number, timeout = 100_000): Promise<Locator> {
  await expect(answers(page)).toHaveCount(n);
  const answer = answers(page).nth(n - 1);
  await expect(answer.getByText(/^Took /)).toBeVisible({ timeout });
  return answer;
}

/** Opens the engine's figures below an answer. */
export async function figures(answer: Locator): Promise<Locator> {
  await answer.getByText(/^Took /).click();
  return answer.getByText(/first word after/);
}

/** The answer's text, without the words that the page adds. */
export async function said(answer: Locator): Promise<string> {
  return (await answer.locator('[aria-busy]').innerText()).trim();
}

/** The number of records in the tabs' database, without the keys that seal them. */
export function tabRecords(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve, reject) => {
        const opened = indexedDB.open('darkroom-tabs');
        opened.onerror = () => reject(new Error(opened.error?.message));
        opened.onsuccess = () => {
          const database = opened.result;
          const names = database.transaction('tabs').objectStore('tabs').getAllKeys();
          names.onerror = () => reject(new Error(names.error?.message));
          names.onsuccess = () => {
            database.close();
            resolve(names.result.filter((name) => Array.isArray(name) && name[0] !== 'key').length);
          };
        };
      }),
  );
}

/** Begins a new conversation with an empty field, and waits until no record of the previous one is stored. */
export async function beginAnew(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New conversation' }).click();
  await question(page).fill('');
  await expect.poll(() => tabRecords(page)).toBe(0);
}
