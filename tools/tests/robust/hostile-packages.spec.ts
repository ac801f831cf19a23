// Tests hostile packages in the page. The page must report each of them as broken in a sentence, and the next model
// must answer with almost no delay, even if the user chooses it while the hostile one hangs.

import { expect, test, type Locator, type Page } from '@playwright/test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { answered, answers, ask, question } from '../../../e2e/person.ts';
import { en as failures } from '../../../src/ui/kit/failure-strings.ts';
import { APP_PORT, FIXTURE_PACKAGES } from '../support/places.ts';
import { HOSTILE_PACKAGES, makeHostile } from './hostile-packages.ts';

test.use({ baseURL: `http://localhost:${APP_PORT}/`, locale: 'en', actionTimeout: 60_000 });

const SOUND = join(FIXTURE_PACKAGES, 'dense-tied-exact');
/**
 * On an idle machine, a hostile package costs at most 3 s. A busy machine takes longer, so the times are printed, too.
 */
const PATIENCE_S = 30;
/** Text that makes a pattern backtrack exponentially. */
const TRYING = `${'a'.repeat(40)}!`;

const nameOf = (index: number): string => `hostile ${HOSTILE_PACKAGES[index]?.name ?? ''}`;

/** Makes all hostile packages, and lists them beside the sound one, as the app's folder of local packages does. */
async function serve(page: Page): Promise<void> {
  const root = test.info().outputPath('packages');
  const list = ['sound', 'other'].map((name) => ({ name, url: `${name}/` }));
  for (const [index, hostile] of HOSTILE_PACKAGES.entries()) {
    makeHostile(SOUND, hostile, join(root, `hostile-${index}`));
    list.push({ name: nameOf(index), url: `hostile-${index}/` });
  }
  await page.route(
    ({ pathname }) => pathname.startsWith('/packages/'),
    async (route) => {
      const [, , folder = '', name = ''] = new URL(route.request().url()).pathname.split('/');
      const file = join(/^(sound|other)$/.test(folder) ? SOUND : join(root, folder), name);
      if (folder === 'index.json') await route.fulfill({ json: { packages: list } });
      else if (existsSync(file))
        await route.fulfill({ body: readFileSync(file), contentType: 'application/octet-stream' });
      else await route.fulfill({ status: 404 });
    },
  );
}

const library = (page: Page): Locator => page.getByRole('dialog', { name: 'Models' });
const rowOf = (page: Page, name: string): Locator =>
  library(page).getByRole('article', { name, exact: true });
const useOf = (page: Page, name: string): Locator =>
  rowOf(page, name).getByRole('button', { name: `Use ${name}`, exact: true });
/** The notice that the page shows about a model by itself. */
const noticeOf = (page: Page, name: string): Locator =>
  page.locator('[data-notice]').filter({ hasText: name });

async function openLibrary(page: Page): Promise<void> {
  await page.locator('header .model button').click();
  await expect(library(page)).toBeVisible();
}

async function closeLibrary(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(library(page)).toHaveCount(0);
}

/** Clears the conversation. The button for it exists only if there is a conversation. */
async function beginAnew(page: Page): Promise<void> {
  if ((await answers(page).count()) === 0) return;
  await page.getByRole('button', { name: 'New conversation' }).click();
  await expect(answers(page)).toHaveCount(0);
}

/**
 * Chooses the sound model if another one is chosen, and asks it a question. Returns the seconds until it has answered.
 */
async function soundAnswers(page: Page): Promise<number> {
  await beginAnew(page);
  await openLibrary(page);
  const use = useOf(page, 'sound');
  const begun = Date.now();
  if (await use.isVisible()) await use.click();
  await closeLibrary(page);
  await ask(page, 'Hello?');
  await answered(page, 1);
  return (Date.now() - begun) / 1000;
}

/** Downloads the model. Returns true if it can be used afterwards, and false if the page refused it with a sentence. */
async function download(page: Page, name: string): Promise<boolean> {
  await openLibrary(page);
  const row = rowOf(page, name);
  await row.getByRole('button', { name: 'Download', exact: true }).click();
  const failed = row.getByRole('alert');
  await expect(useOf(page, name).or(failed).first(), name).toBeVisible();
  return useOf(page, name).isVisible();
}

/** Chooses a stored model, and asks it about the text that makes a pattern backtrack exponentially. */
async function askIt(page: Page, name: string): Promise<void> {
  await openLibrary(page);
  await useOf(page, name).click();
  await closeLibrary(page);
  await beginAnew(page);
  await ask(page, TRYING);
}

test('no hostile package keeps another model from answering', async ({ page }) => {
  test.setTimeout(900_000);
  await serve(page);
  await page.addInitScript(() => {
    if (window !== window.top) return;
    localStorage.setItem('darkroom.model', new URL('/packages/sound/', location.href).href);
    localStorage.setItem('darkroom.backend', 'wasm');
    localStorage.setItem(
      'darkroom.settings',
      JSON.stringify({ preset: 'exact', maxTokens: 2, detail: 'full' }),
    );
  });
  await page.goto('/');
  await expect(question(page)).toBeVisible();
  await ask(page, 'Hello?');
  await answered(page, 1);

  // The baseline: the time to switch from the faultless model 'other' to the model 'sound' and to get an answer from
  // it.
  expect(await download(page, 'other')).toBe(true);
  await closeLibrary(page);
  const usual: number[] = [];
  for (let time = 0; time < 3; time++) {
    await askIt(page, 'other');
    await answered(page, 1);
    usual.push(await soundAnswers(page));
  }
  const usualS = Math.min(...usual);

  const costs: [seconds: number, name: string][] = [];
  const note = (name: string, seconds: number, sentence: string): void => {
    const cost = seconds - usualS;
    costs.push([cost, name]);
    console.log(`${cost.toFixed(1).padStart(6)} s  ${name}: ${sentence.replaceAll('\n', ' ').slice(0, 100)}`);
  };
  for (const [index, { name: kind }] of HOSTILE_PACKAGES.entries()) {
    const name = nameOf(index);
    if (!(await download(page, name))) {
      const sentence = await rowOf(page, name).getByRole('alert').first().innerText();
      await closeLibrary(page);
      named(sentence, kind);
      note(kind, await soundAnswers(page), sentence);
      continue;
    }
    await closeLibrary(page);
    if (/explodes|nested loops/.test(kind)) {
      await askIt(page, name);
      await expect(page.getByRole('button', { name: 'Stop', exact: true })).toBeVisible();
      note(`${kind}, left while it hangs`, await soundAnswers(page), '');
    }
    const begun = Date.now();
    await askIt(page, name);
    // Either the model's own answer reports it as broken, or it failed to load and the sound model answered instead.
    const last = answers(page).last();
    const alarm = last.getByRole('alert');
    await expect(alarm.or(last.getByText(/^Took /)).first(), kind).toBeVisible({ timeout: 120_000 });
    const isAlarm = await alarm.isVisible();
    const sentence = await (isAlarm ? alarm : noticeOf(page, name)).innerText();
    named(sentence, kind);
    const givenUpS = (Date.now() - begun) / 1000;
    note(kind, await soundAnswers(page), `(given up after ${givenUpS.toFixed(1)} s) ${sentence}`);
  }
  costs.sort(([a], [b]) => b - a);
  const [worst, of] = costs[0] ?? [0, ''];
  console.log(
    `the most that a hostile package cost another model: ${worst.toFixed(1)} s (${of}); usual ${usualS.toFixed(1)} s`,
  );
  expect(costs.length).toBeGreaterThanOrEqual(20);
  expect(costs.filter(([seconds]) => seconds > PATIENCE_S)).toEqual([]);
});

/** Expects a sentence written for people, and not the generic one for unforeseen errors. */
function named(sentence: string, kind: string): void {
  expect(sentence, kind).not.toBe('');
  expect(sentence, kind).not.toContain(failures.bug);
}
