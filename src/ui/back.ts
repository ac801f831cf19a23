// What the Back button closes: while something lies over the page, Back (and the phone's gesture) takes it away and
// never leaves the page. Each open thing has an entry in the browser's history; one that is closed otherwise takes
// its entry along.

import { createContext } from 'svelte';

/** As much of a window as is used here. */
type Browser = Pick<Window, 'history' | 'addEventListener' | 'setTimeout'>;

export class Back {
  readonly #browser: Browser;
  /** What is open, the topmost last. */
  readonly #open: (() => void)[] = [];
  /** Entries of ours on top of the page's own. */
  #entries: number;
  /** A step back was asked for and has not been made yet. */
  #isStepping = false;

  constructor(browser: Browser) {
    this.#browser = browser;
    // After a reload the entries are there still, and nothing is open.
    this.#entries = entriesIn(browser.history.state);
    browser.addEventListener('popstate', ({ state }) => this.#onStep(entriesIn(state)));
    this.#agree();
  }

  /** Back calls `close` from now on, until the function that is returned is called. */
  closes(close: () => void): () => void {
    this.#open.push(close);
    this.#agree();
    return () => {
      const index = this.#open.lastIndexOf(close);
      if (index < 0) return;
      this.#open.splice(index, 1);
      // What opens in the same moment takes the entry over.
      this.#browser.setTimeout(() => this.#agree());
    };
  }

  #onStep(entries: number): void {
    // A step of our own takes surplus entries away; what has opened meanwhile stays open.
    const isOurs = this.#isStepping;
    this.#isStepping = false;
    this.#entries = entries;
    if (!isOurs) for (const close of this.#open.splice(entries).reverse()) close();
    this.#agree();
  }

  /** Makes as many entries as there are things open. */
  #agree(): void {
    if (this.#isStepping) return;
    const surplus = this.#entries - this.#open.length;
    if (surplus > 0) {
      this.#isStepping = true;
      this.#browser.history.go(-surplus);
    }
    while (this.#entries < this.#open.length) {
      this.#entries++;
      this.#browser.history.pushState({ open: this.#entries }, '');
    }
  }
}

function entriesIn(state: unknown): number {
  return typeof state === 'object' && state !== null && 'open' in state && typeof state.open === 'number'
    ? state.open
    : 0;
}

export const [useBack, provideBack] = createContext<Back>();
