// Tests that nothing is lost. While pictures are added, words typed, and questions asked and answered, seeded random
// moments interrupt the page: it is reloaded, or left and revisited, or its browser is killed (SIGKILL, with a
// persistent profile). Afterwards, everything that was stored before must be there, unless the user declined it.
// MOMENTS sets the number of moments, and SEED their randomness; `npm run losses` tries 30.

import { expect, test, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  answered,
  answers,
  arrive,
  ask,
  beginAnew,
  FIXTURE,
  PICTURES,
  question,
  tabRecords,
  attachments,
} from '../../../e2e/person.ts';
import { APP_PORT } from '../support/places.ts';
import { BrowserProcess } from '../weights/browser-process.ts';
import { random } from '../support/random.ts';

const MOMENTS = Number(process.env.MOMENTS ?? 6);
const SEED = Number(process.env.SEED ?? 27);
const ADDRESS = `http://localhost:${APP_PORT}/`;
const FILES = ['odd.png', 'wide.png', 'tall.png', 'second.png'];
const ENDS = ['reload', 'back', 'kill'] as const;
const DOINGS = ['adding', 'typing', 'asking', 'answering'] as const;

/** The back/forward cache is off, because with it, Back would lose nothing, even if the page stored nothing. */
const start = (profile: string): Promise<BrowserProcess> =>
  BrowserProcess.start(profile, undefined, ['--disable-features=BackForwardCache']);

/** The content of the tab that the user sees. */
interface Shown {
  questions: string[];
  /** Only finished answers. */
  answers: string[];
  words: string;
  pictures: string[];
}

const look = (page: Page): Promise<Shown> =>
  page.evaluate(() => {
    const all = (selector: string): HTMLElement[] =>
      Array.from(document.querySelectorAll<HTMLElement>(selector));
    const names = (selector: string): string[] => all(selector).map((one) => one.title);
    return {
      questions: all('article[aria-label="You asked"] p').map((one) => one.innerText),
      answers: all('article[aria-label="Answer"] [aria-busy="false"]').map((one) => one.innerText.trim()),
      words: document.querySelector('textarea')?.value ?? '',
      pictures: names('ul[aria-label="Pictures of the next question"] button.look'),
    };
  });

/**
 * The number of turns, the number of pictures, and the draft in the tab's records, decrypted with the tab's own key.
 */
const stored = (page: Page): Promise<{ turns: number; tray: number; words: string }> =>
  page.evaluate(async () => {
    const done = (request: IDBRequest): Promise<unknown> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(request.error?.message));
      });
    const tab = sessionStorage.getItem('darkroom-tab') ?? '';
    const database = (await done(indexedDB.open('darkroom-tabs'))) as IDBDatabase;
    const store = database.transaction('tabs').objectStore('tabs');
    type Sealed = { iv: Uint8Array<ArrayBuffer>; data: ArrayBuffer } | undefined;
    const [key, draft, talk] = (await Promise.all(
      ['key', 'draft', 'talk'].map((kind) => done(store.get([kind, tab]))),
    )) as [CryptoKey | undefined, Sealed, Sealed];
    database.close();
    const open = async (kind: string, sealed: Sealed): Promise<Record<string, unknown>> => {
      if (key === undefined || sealed === undefined) return {};
      const additionalData = new TextEncoder().encode(JSON.stringify([kind, tab]));
      const cipher = { name: 'AES-GCM', iv: sealed.iv, additionalData };
      const plain = await crypto.subtle.decrypt(cipher, key, sealed.data);
      return JSON.parse(new TextDecoder().decode(plain.slice(4))) as Record<string, unknown>;
    };
    const { words = '', tray = [] } = (await open('draft', draft)) as { words?: string; tray?: string[] };
    const { turns = [] } = (await open('talk', talk)) as { turns?: unknown[] };
    return { turns: turns.length, tray: tray.length, words };
  });

/** The content shown, once all of it is stored. */
async function settled(page: Page): Promise<Shown> {
  await expect
    .poll(async () => {
      const [shown, held] = [await look(page), await stored(page)];
      return (
        shown.words === held.words &&
        shown.pictures.length === held.tray &&
        shown.questions.length === held.turns
      );
    })
    .toBe(true);
  return look(page);
}

test(`nothing is lost at ${MOMENTS} random moments`, async () => {
  test.setTimeout(MOMENTS * 60_000 + 120_000);
  const next = random(SEED);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(next() * of.length)]!;
  const profile = mkdtempSync(join(tmpdir(), 'losses-profile-'));
  const counts: Record<string, number> = {};
  const open = async (): Promise<Page> => {
    const page = await browser.page('about:blank');
    page.setDefaultTimeout(60_000);
    // While a picture is being stored, the browser asks whether to leave; confirm it.
    page.on('dialog', (dialog) => void dialog.accept().catch(() => undefined));
    await arrive(page, { model: FIXTURE, backend: 'wasm', maxTokens: 48 }, ADDRESS);
    return page;
  };
  let browser = await start(profile);
  try {
    let page = await open();
    for (let moment = 0; moment < MOMENTS; moment++) {
      const end = ENDS[moment % ENDS.length]!;
      const doing = pick(DOINGS);
      const what = `moment ${moment}, seed ${SEED}: ${end} while ${doing}`;
      const file = pick(FILES);
      const words = `Question ${moment}: what can be seen here?`;
      if (doing === 'adding') await question(page).fill('');
      if (doing === 'asking' || doing === 'answering') await question(page).fill(words);
      if (doing === 'typing') await question(page).fill(words.slice(0, 11));
      const before = await settled(page);
      const delay = next() * (doing === 'answering' ? 1500 : 400);

      const over = new AbortController();
      const begun = begin(page, doing, file, words, over.signal).catch(() => undefined);
      await sleep(delay);
      // Stop the actions, so that none of them reaches the next page.
      over.abort();
      if (end === 'reload') await page.reload();
      else if (end === 'back') {
        await page.goto('about:blank');
        await page.goBack();
      } else {
        await browser.kill();
        browser = await start(profile);
        page = await open();
        const goOn = page.getByRole('button', { name: 'Go on', exact: true });
        const isEmpty = before.questions.length + before.pictures.length === 0 && before.words === '';
        if (!isEmpty && next() < 0.2) {
          await page.getByRole('button', { name: 'Erase it' }).click();
          await expect.poll(() => tabRecords(page), what).toBe(0);
          await expect(answers(page), what).toHaveCount(0);
          await begun;
          counts['declined, and gone'] = (counts['declined, and gone'] ?? 0) + 1;
          continue;
        }
        if (!isEmpty) await goOn.click();
        else if (await goOn.isVisible()) await goOn.click();
      }
      await begun;
      await expect.poll(async () => lacks(await look(page), before, doing, words), what).toEqual([]);
      // Check that the pictures themselves are shown, and not only their names.
      await expect
        .poll(() =>
          page.evaluate(() =>
            Array.from(document.images).every((one) => one.complete && one.naturalWidth > 0),
          ),
        )
        .toBe(true);
      console.log(what);
      counts[`${end} while ${doing}`] = (counts[`${end} while ${doing}`] ?? 0) + 1;
      const stop = page.getByRole('button', { name: 'Stop', exact: true });
      if (await stop.isVisible()) await stop.click();
      if ((await look(page)).questions.length > 3) await beginAnew(page);
    }
    // Check that the page still answers questions after all of this.
    await page.getByLabel('Add pictures').first().setInputFiles(`${PICTURES}/odd.png`);
    await expect(attachments(page).getByRole('button', { name: 'Remove odd.png' }).first()).toBeVisible();
    const asked = await answers(page).count();
    await ask(page, 'And now?');
    // If the last kill ended a model that was loading or answering, the page asks before it loads that model again.
    const loadAgain = page.getByRole('button', { name: `Load ${FIXTURE} again` });
    const took = answers(page)
      .nth(asked)
      .getByText(/^Took /);
    await expect(loadAgain.or(took).first()).toBeVisible({ timeout: 100_000 });
    if (await loadAgain.isVisible()) await loadAgain.click();
    await answered(page, asked + 1);
    console.log(`${MOMENTS} moments, seed ${SEED}, nothing lost: ${JSON.stringify(counts)}`);
  } finally {
    await browser.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
});

async function begin(
  page: Page,
  doing: (typeof DOINGS)[number],
  file: string,
  words: string,
  signal: AbortSignal,
): Promise<void> {
  const patience = { timeout: 10_000 };
  if (doing === 'adding') {
    await page.getByLabel('Add pictures').first().setInputFiles(`${PICTURES}/${file}`, patience);
  } else if (doing === 'typing') {
    await question(page).focus(patience);
    for (const letter of words.slice(11)) {
      if (signal.aborted) return;
      // A locator's press would wait for the next page and type there.
      await page.keyboard.press(letter === ' ' ? 'Space' : letter);
    }
  } else await question(page).press('Enter', patience);
}

/** Lists everything that is missing. `words`: the question that was typed or asked. */
function lacks(now: Shown, before: Shown, doing: (typeof DOINGS)[number], words: string): string[] {
  const missing = [
    ...before.questions
      .filter((each, index) => now.questions[index] !== each)
      .map((each) => `question ${each}`),
    ...before.answers.filter((each, index) => now.answers[index] !== each).map((each) => `answer ${each}`),
  ];
  const isAsked = now.questions.length > before.questions.length && now.questions.at(-1) === words;
  if (doing === 'asking' || doing === 'answering') {
    // The question is either already asked, with its pictures, or still the draft.
    if (!isAsked && now.words !== words) missing.push('the question that was asked');
  } else if (doing === 'typing') {
    if (!now.words.startsWith(before.words) || !words.startsWith(now.words))
      missing.push(`typed words, but ${JSON.stringify(now.words)}`);
  } else if (now.words !== before.words) missing.push('the draft');
  if (!isAsked && before.pictures.some((name, index) => now.pictures[index] !== name))
    missing.push('pictures');
  return missing;
}
