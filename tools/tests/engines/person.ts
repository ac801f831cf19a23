// Acts like a user of the page: finds elements by the names that users see, waits until they appear, and uses them. To
// behave the same in every engine, it queries the page itself instead of relying on the engine's roles and names.

import type { Driver } from './driver.ts';

const PATIENCE_MS = 100_000;
const LOOK_AGAIN_MS = 150;

/** `named` is the whole accessible name, or a pattern to search for in it. */
export interface Thing {
  /** Selector of the candidate elements. */
  css: string;
  named?: string | RegExp;
  /** Index among the matching elements, from 0; -1 is the last one. */
  nth?: number;
}

export const button = (named: string | RegExp): Thing => ({ css: 'button', named });
export const dialog = (named: string | RegExp): Thing => ({ css: 'dialog[open]', named });
export const alert: Thing = { css: '[role=alert]' };
const question: Thing = { css: 'form textarea' };
const picker: Thing = { css: 'form input[type=file]' };

export class Person {
  readonly driver: Driver;
  readonly #origin: string;
  #hasArrived = false;

  constructor(driver: Driver, origin: string) {
    this.driver = driver;
    this.#origin = origin;
  }

  /** Opens the page and begins an empty conversation. */
  async arrive(): Promise<void> {
    // The page restores its conversation some moments after it opens, so clear the conversation before leaving.
    if (this.#hasArrived) {
      await this.#beginAnew();
      // When a panel closes, the page steps back over its history entry. Wait for that step, because it would cancel
      // `goto`.
      await this.until('the step back of a closed panel', () => this.driver.evaluate(isWhereItShows));
    }
    await this.driver.goto(this.#origin);
    this.#hasArrived = true;
    await this.see(question);
    await this.#beginAnew();
  }

  async #beginAnew(): Promise<void> {
    const anew = button(/^(New conversation|新对话)$/);
    if (await this.sees(anew)) {
      await this.click(anew);
      await this.until('an empty page', async () => !(await this.sees(anew)));
    }
  }

  /** Waits until the model is on the device. Returns the text about the model in the page's header. */
  async modelReady(): Promise<string> {
    let said = '';
    await this.until('a model that is ready', async () => {
      said = await this.textOf({ css: 'header .model' });
      if (/not available|不可用/.test(said)) throw new Error(`The page says: ${said}`);
      return said !== '' && !/downloading|getting ready|正在/.test(said);
    });
    return said;
  }

  async sees(thing: Thing): Promise<boolean> {
    return (await this.#mark(thing)) !== null;
  }

  async see(thing: Thing): Promise<void> {
    await this.until(describe(thing), () => this.sees(thing));
  }

  /** Clicks the element once it has stopped moving: when a picture opens, it moves the buttons beside it. */
  async click(thing: Thing): Promise<void> {
    let before = '';
    let selector = '';
    await this.until(`${describe(thing)} to stand still`, async () => {
      selector = await this.#find(thing);
      const last = before;
      before = await this.driver.evaluate((css) => {
        const { x, y, width, height } = document.querySelector(css)?.getBoundingClientRect() ?? {};
        return [x, y, width, height].join();
      }, selector);
      return before === last;
    });
    await this.driver.click(selector);
  }

  async textOf(thing: Thing): Promise<string> {
    return this.driver.evaluate(
      (css) => {
        const element = document.querySelector<HTMLElement>(css);
        return (element?.innerText ?? '').trim();
      },
      await this.#find(thing),
    );
  }

  /** Adds files, given by absolute paths; waits until they are attached to the question. */
  async add(...files: string[]): Promise<void> {
    await this.pick(...files);
    await this.until(`${files.length} pictures`, async () => {
      const refused = await this.#mark(alert);
      if (refused !== null) throw new Error(`Refused: ${await this.textOf(alert)}`);
      return (await this.#count(button(/^(Remove|移除) /))) === files.length;
    });
  }

  async pick(...files: string[]): Promise<void> {
    await this.driver.upload(await this.#find(picker), files);
  }

  async ask(words: string): Promise<void> {
    // The field cannot get the focus while a panel is open.
    await this.until('every panel to close', async () => (await this.count('dialog[open]')) === 0);
    // A closing panel may take the focus once more, and with it the first keys. If so, type again.
    await this.until(`“${words}” in the field`, async () => {
      const field = await this.#find(question);
      const value = (css: string): string => document.querySelector<HTMLTextAreaElement>(css)?.value ?? '';
      const written = await this.driver.evaluate(value, field);
      if (written === '') await this.driver.type(field, words);
      return (await this.driver.evaluate(value, field)) === words;
    });
    await this.click({ css: 'form button[type=submit]:enabled' });
  }

  /** Clicks a suggested question. Clicks again if the page moved under the mouse, so that no question was asked. */
  async askSuggested(words: string): Promise<void> {
    await this.until(`“${words}” to be asked`, async () => {
      if (await this.sees(button(words))) await this.click(button(words));
      await new Promise((later) => setTimeout(later, 1000));
      return (await this.count('article.answer')) > 0;
    });
  }

  /**
   * The text of the n-th answer (from 1) once it has ended. If the answer failed, fails with the page's own message.
   */
  async answer(n = 1): Promise<string> {
    let said = '';
    await this.until(`answer ${n}`, async () => {
      const seen = await this.driver.evaluate((index) => {
        const article = document.querySelectorAll<HTMLElement>('article.answer')[index];
        const text = article?.querySelector<HTMLElement>('[aria-busy]');
        return {
          text: (text?.innerText ?? '').trim(),
          isOver: text?.getAttribute('aria-busy') === 'false',
          failure: (article?.querySelector<HTMLElement>('[role=alert]')?.innerText ?? '').trim(),
        };
      }, n - 1);
      if (seen.failure !== '') throw new Error(`Instead of an answer: ${seen.failure}`);
      said = seen.text;
      return seen.isOver;
    });
    return said;
  }

  /** Number of matching elements. */
  count(css: string): Promise<number> {
    return this.driver.evaluate((selector) => document.querySelectorAll(selector).length, css);
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!(await holds())) {
      if (Date.now() > end) {
        const shown = await this.driver.evaluate(() => document.body.innerText.slice(0, 2000));
        throw new Error(`Waited in vain for ${what}. The page shows:\n${shown}`);
      }
      await new Promise((later) => setTimeout(later, LOOK_AGAIN_MS));
    }
  }

  async #find(thing: Thing): Promise<string> {
    let found: string | null = null;
    await this.until(describe(thing), async () => (found = await this.#mark(thing)) !== null);
    return found!;
  }

  async #count({ css, named }: Thing): Promise<number> {
    return this.driver.evaluate(countFitting, css, sourceOf(named));
  }

  /** Marks the matching element and returns a selector for the mark; null if no element matches. */
  async #mark({ css, named, nth = 0 }: Thing): Promise<string | null> {
    const mark = await this.driver.evaluate(markFitting, css, sourceOf(named), nth);
    return mark === null ? null : `[data-walk="${mark}"]`;
  }
}

function sourceOf(named: Thing['named']): string {
  if (named === undefined) return '';
  return named instanceof RegExp ? named.source : `^${named.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
}

function describe({ css, named }: Thing): string {
  return named === undefined ? css : `${css} named ${String(named)}`;
}

/** Runs in the page. A file input matches even if it is hidden, because a button opens it. */
function markFitting(css: string, pattern: string, nth: number): string | null {
  const fitting = Array.from(document.querySelectorAll<HTMLElement>(css)).filter((element) => {
    const isThere = element.getClientRects().length > 0 || element.matches('input[type=file]');
    const labelled = document.getElementById(element.getAttribute('aria-labelledby') ?? '')?.textContent;
    const name = element.getAttribute('aria-label') ?? labelled ?? element.textContent;
    return isThere && new RegExp(pattern, 'u').test(name.replace(/\s+/g, ' ').trim());
  });
  const element = fitting.at(nth);
  if (element === undefined) return null;
  element.dataset.walk ??= crypto.randomUUID();
  return element.dataset.walk;
}

/** Runs in the page. */
function countFitting(css: string, pattern: string): number {
  return Array.from(document.querySelectorAll(css)).filter((element) =>
    new RegExp(pattern, 'u').test(element.getAttribute('aria-label') ?? element.textContent),
  ).length;
}

/** Runs in the page. Returns true if the history has no more panel entries than there are open panels. */
function isWhereItShows(): boolean {
  const { open = 0 } = (history.state ?? {}) as { open?: number };
  return open <= document.querySelectorAll('dialog[open]').length;
}
