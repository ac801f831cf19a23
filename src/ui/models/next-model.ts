// Notes the model that will answer next, for all tabs and for the next visit. All tabs share the download of the noted
// model, and all stop when one of them removes the note.

import type { Remembered } from '../kit/remembered.ts';

const KEY = 'next';

export class NextModel {
  readonly #remembered: Remembered;
  /** The model that this tab downloads because of the note. */
  #followed: string | null = null;

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
  }

  get id(): string | null {
    return this.#remembered.get(KEY);
  }

  expect(id: string): void {
    this.#followed = id;
    this.#remembered.set(KEY, id);
  }

  /** Removes the note if it names this model, because the model is in use, paused or gone. */
  forget(id: string): void {
    if (this.id === id) this.#remembered.set(KEY, null);
  }

  /** Reads the note again. Returns the model that this tab should stop downloading, or null. */
  reread(): string | null {
    const before = this.#followed;
    this.#followed = this.id;
    return before === this.#followed ? null : before;
  }
}
