// The page's main walks in three engines, as a first-time user takes them: without granted permissions or changed
// settings.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { boxesOf, samples } from '../../../e2e/samples.ts';
import { EXPLANATION } from '../../../src/policy/prove.ts';
import { serveBuiltApp, type BuiltApp } from '../../build/built-app.ts';
import { findOrInstallChromium } from '../support/chromium.ts';
import type { Driver } from './driver.ts';
import { makeFiles, type OwnFiles } from './files.ts';
import type { Found } from '../support/packages.ts';
import { findFirefox, findWebKit } from './find.ts';
import { alert, button, dialog, Person } from './person.ts';
import { openChromium, openFirefox } from './puppeteer.ts';
import { openWebKit } from './webkit.ts';

interface Engine {
  name: string;
  found: Found<() => Promise<Driver>>;
  /** Messages with which the page explains the engine's limitations. */
  lacks: { animatedPictures?: RegExp };
  /** Whether the page can store models for another visit. */
  keeps: boolean;
  /** Whether the engine refuses to open any database. */
  hasNoStore?: boolean;
}

const chromium = findOrInstallChromium();
const THIS_VISIT = 'for this visit only';
const UNPLAYABLE = /ball\.gif.*This browser shows pages only the first frame of an animated picture/s;

function opening<T>(found: Found<T>, open: (files: T) => Promise<Driver>): Found<() => Promise<Driver>> {
  return 'files' in found ? { files: () => open(found.files) } : found;
}

const ENGINES: Engine[] = [
  { name: 'Chromium', found: { files: () => openChromium(chromium) }, lacks: {}, keeps: true },
  { name: 'Firefox', found: opening(findFirefox(), (path) => openFirefox(path)), lacks: {}, keeps: true },
  {
    name: 'Firefox that keeps nothing of this site',
    found: opening(findFirefox(), (path) => openFirefox(path, { 'network.cookie.cookieBehavior': 2 })),
    lacks: {},
    keeps: false,
    hasNoStore: true,
  },
  {
    name: 'WebKit',
    found: opening(findWebKit(), openWebKit),
    lacks: { animatedPictures: UNPLAYABLE },
    keeps: false,
  },
];

let app: BuiltApp;
let files: OwnFiles;
beforeAll(async () => {
  app = await serveBuiltApp();
  files = await makeFiles(chromium, app.origin);
});
afterAll(() => app.stop());

/** The questions and answers of a sample, by the name of its first file. */
function known(file: string): { words: string; answer: string }[] {
  const sample = samples.find(({ files: [first] }) => first.endsWith(`/${file}`));
  if (sample === undefined) throw new Error(`There is no sample ${file}.`);
  return sample.questions;
}

for (const { name, found, lacks, keeps, hasNoStore } of ENGINES) {
  if ('lacking' in found) console.warn(`${name}: ${found.lacking} Its walks are skipped.`);
  describe.skipIf('lacking' in found)(name, () => {
    let driver: Driver;
    let person: Person;
    beforeAll(async () => {
      if (!('files' in found)) return;
      driver = await found.files();
      console.log(`${name}: ${driver.version}`);
      person = new Person(driver, app.origin);
    });
    afterAll(() => driver.close());

    /** Begins a conversation about the given files. */
    const show = async (...own: string[]): Promise<void> => {
      await person.arrive();
      await person.add(...own);
    };
    const asked = async (words: string, n = 1): Promise<string> => {
      await person.ask(words);
      return person.answer(n);
    };

    test('the page opens, and the built-in model gets ready without a question', async () => {
      await person.arrive();
      const said = await person.modelReady();
      if (keeps) expect(said).not.toContain(THIS_VISIT);
      else await person.see({ css: 'header .model button', named: new RegExp(THIS_VISIT) });
      // For a first-time user, the page reports nothing missing and asks for no reload.
      expect(await person.count('[data-notice]')).toBe(0);
    });

    // WebKit's driver does not report the console.
    test.skipIf(name === 'WebKit')(
      'the console explains the errors about the policy before they appear',
      () => {
        const shown = driver.console.map(({ kind, text }) => `${kind}: ${text}`);
        const explained = shown.findIndex((line) => line.includes(EXPLANATION));
        const isOfTrying = (line: string): boolean =>
          /darkroom-walls\.invalid|\bdata:|not-a-worker|base URI to ''|require-trusted-types|'Trusted(HTML|ScriptURL)'/.test(
            line,
          );
        const probe = shown.findIndex((line) => line.startsWith('error') && isOfTrying(line));
        expect(explained, 'the explanation').toBeGreaterThanOrEqual(0);
        expect(probe, 'the error of the probe').toBeGreaterThan(explained);
        if (!keeps) return;
        const others = shown.filter((line) => line.startsWith('error') && !isOfTrying(line));
        expect(others).toEqual([]);
      },
    );

    test('the user clicks a sample and a suggested question, and the answer is right', async () => {
      const [first] = known('signs-1.webp');
      await person.arrive();
      await person.click({ css: 'button:has(img[src*="signs-1"])' });
      await person.askSuggested(first!.words);
      expect(await person.answer()).toBe(first!.answer);
    });

    test('the user asks twice about a picture of their own', async () => {
      const [first, second] = known('signs-2.webp');
      await show(files.png);
      expect(await asked(first!.words)).toBe(first!.answer);
      expect(await asked(second!.words, 2)).toBe(second!.answer);
    });

    test('the model reads a JPEG', async () => {
      const [first] = known('signs-4.webp');
      await show(files.jpeg);
      expect(await asked(first!.words)).toBe(first!.answer);
    });

    test('the model compares two pictures', async () => {
      const what = known('pairs-3.webp').find(({ words }) => words.startsWith('What changed'));
      await show(...files.pair);
      expect(await asked(what!.words)).toBe(what!.answer);
    });

    test('the page draws boxes at the places that the answer gives', async () => {
      const [first] = known('grounding-1.webp');
      const [box] = boxesOf(first!.answer);
      await person.arrive();
      await person.click({ css: 'button:has(img[src*="grounding-1"])' });
      await person.askSuggested(first!.words);
      await person.answer();
      const marks = '[aria-label="What the answer points at"] button';
      await person.until('a box', async () => (await person.count(marks)) === 1);
      const drawn = await driver.evaluate((css) => {
        const mark = document.querySelector(css)!.getBoundingClientRect();
        const picture = document.querySelector('.stage img, main img')!.getBoundingClientRect();
        return [
          ((mark.left - picture.left) / picture.width) * 1000,
          ((mark.top - picture.top) / picture.height) * 1000,
          ((mark.right - picture.left) / picture.width) * 1000,
          ((mark.bottom - picture.top) / picture.height) * 1000,
        ];
      }, marks);
      for (const [side, at] of drawn.entries()) expect(Math.abs(at - box![side]!)).toBeLessThan(40);
    });

    test('the model answers about a clip', async () => {
      const [, first] = known('clips-1.webp');
      await show(files.webm);
      expect(await asked(first!.words)).toBe(first!.answer);
    });

    test('the model answers about an animated picture, or the page says that this browser cannot play it', async () => {
      const [, first] = known('clips-1.webp');
      if (lacks.animatedPictures === undefined) {
        await show(files.gif);
        expect(await asked(first!.words)).toBe(first!.answer);
      } else {
        await person.arrive();
        await person.pick(files.gif);
        await person.see(alert);
        expect(await person.textOf(alert)).toMatch(lacks.animatedPictures);
      }
    });

    test('the page refuses a broken file in a sentence, and keeps working', async () => {
      const [first] = known('signs-2.webp');
      await person.arrive();
      await person.pick(files.broken);
      await person.see(alert);
      expect(await person.textOf(alert)).toMatch(/broken\.jpg/);
      await person.click(button('Dismiss'));
      await person.add(files.png);
      expect(await asked(first!.words)).toBe(first!.answer);
    });

    test('the library opens and lists the stored models', async () => {
      await person.arrive();
      await person.modelReady();
      await person.click({ css: 'header .model button' });
      const library = dialog('Models');
      await person.see({ css: 'dialog[open] article', named: /Built-in/ });
      const said = await person.textOf(library);
      expect(said).toMatch(/Built-in/);
      expect(said.includes(THIS_VISIT)).toBe(!keeps);
      await person.click(button('Close'));
    });

    test('the privacy panel lists the stored data', async () => {
      await person.arrive();
      await person.modelReady();
      await person.click({ css: 'header button', named: /Privacy/ });
      await person.until('the facts', async () =>
        (await person.textOf({ css: 'dialog[open]' })).includes('One model'),
      );
      await person.click(button('Close'));
    });

    // WebKit keeps the transaction of a page in the back/forward cache, and that transaction locks the store for all
    // pages.
    test.skipIf(hasNoStore === true)(
      'a page that is left while it stores something locks no store',
      async () => {
        await show(files.png);
        await person.arrive();
        const names = await driver.evaluate(async (database) => {
          const opened = indexedDB.open(database);
          await new Promise((resolve) => (opened.onsuccess = resolve));
          const store = opened.result.transaction('tabs', 'readonly').objectStore('tabs');
          const names = store.getAllKeys();
          const late = new Promise((resolve) => setTimeout(resolve, 20_000));
          await Promise.race([late, new Promise((resolve) => (names.onsuccess = resolve))]);
          return names.readyState;
        }, 'darkroom-tabs');
        expect(names).toBe('done');
      },
    );

    test('the history keeps a conversation across a reload', async () => {
      const [first, second] = known('signs-2.webp');
      await show(files.png);
      expect(await asked(first!.words)).toBe(first!.answer);
      await person.click(button('Conversations'));
      await person.click({ css: 'dialog[open] [role=switch]' });
      if (keeps || name === 'WebKit') {
        await person.see({ css: 'dialog[open] button', named: /^Open / });
        await driver.reload();
        await person.click(button('Conversations'));
        await person.click({ css: 'dialog[open] button', named: /^Open / });
        expect(await person.answer()).toBe(first!.answer);
        expect(await asked(second!.words, 2)).toBe(second!.answer);
      } else {
        await person.see({ css: 'dialog[open] [role=alert]' });
        await person.click({ css: 'dialog[open] button', named: /^Close$/ });
      }
    });

    test('after a reload the model answers again', async () => {
      const [first] = known('signs-2.webp');
      await person.arrive();
      await driver.reload();
      await person.add(files.png);
      expect(await asked(first!.words)).toBe(first!.answer);
    });

    test('the page speaks Chinese if the user chooses it', async () => {
      await person.arrive();
      await driver.evaluate(() => {
        const select = document.querySelector<HTMLSelectElement>('header select')!;
        select.value = 'zh';
        select.dispatchEvent(new Event('change', { bubbles: true }));
      });
      await person.see({ css: 'button', named: /^对话记录$/ });
      const said = await person.modelReady();
      if (!keeps) expect(said).toMatch(/仅限本次访问/);
      await person.add(files.png);
      expect(await asked('这是什么标志？')).toBe('人行横道');
    });
  });
}
