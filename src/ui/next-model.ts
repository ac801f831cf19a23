// The model that is to answer next, noted for all tabs and for the next visit: they bring it together, and stop
// together when one of them takes the note away.

import type { Remembered } from './remembered.ts';

const KEY = 'next';

export class NextModel {
  readonly #remembered: Remembered;
  /** What this tab brings because of the note. */
  #brought: string | null = null;

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
  }

  get id(): string | null {
    return this.#remembered.get(KEY);
  }

  expect(id: string): void {
    this.#brought = id;
    this.#remembered.set(KEY, id);
  }

  /** It is used, paused or gone; another one that is noted stays. */
  forget(id: string): void {
    if (this.id === id) this.#remembered.set(KEY, null);
  }

  /** Reads the note again; returns what this tab should no longer bring. */
  reread(): string | null {
    const before = this.#brought;
    this.#brought = this.id;
    return before === this.#brought ? null : before;
  }
}
