// Lets the Back button (and the phone's Back gesture) close overlays such as dialogs and menus instead of leaving the
// page. Each open overlay has one entry in the browser's history, which is removed if the overlay closes in another
// way.

import { createContext } from 'svelte';

/** The parts of `Window` that this file uses. */
type Browser = Pick<Window, 'history' | 'addEventListener' | 'setTimeout'>;

export class Back {
  readonly #browser: Browser;
  /** The functions that close the open overlays, the topmost last. */
  readonly #open: (() => void)[] = [];
  /** The number of history entries that this class has put on top of the page's own entry. */
  #entries: number;
  /** Whether a step back that this class requested is still pending. */
  #isStepping = false;

  constructor(browser: Browser) {
    this.#browser = browser;
    // After a reload the entries still exist, but no overlay is open.
    this.#entries = entriesIn(browser.history.state);
    browser.addEventListener('popstate', ({ state }) => this.#onStep(entriesIn(state)));
    this.#agree();
  }

  /** Makes Back call `close`, until the caller calls the returned function. */
  closes(close: () => void): () => void {
    this.#open.push(close);
    this.#agree();
    return () => {
      const index = this.#open.lastIndexOf(close);
      if (index < 0) return;
      this.#open.splice(index, 1);
      // An overlay that opens at the same time takes over the entry.
      this.#browser.setTimeout(() => this.#agree());
    };
  }

  #onStep(entries: number): void {
    // The step that this class requested removes surplus entries; overlays that opened in the meantime stay open.
    const isOurs = this.#isStepping;
    this.#isStepping = false;
    this.#entries = entries;
    if (!isOurs) for (const close of this.#open.splice(entries).reverse()) close();
    this.#agree();
  }

  /** Makes the number of history entries equal to the number of open overlays. */
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
