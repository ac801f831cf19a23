// Remembers across visits which model the user chose, and whether the user removed the built-in one.

import type { Remembered } from '../kit/remembered.ts';

const CHOSEN = 'model';
const BUILT_IN = 'built-in';

export class Choice {
  readonly #remembered: Remembered;
  #id = $state<string | null>(null);

  constructor(remembered: Remembered) {
    this.#remembered = remembered;
    this.#id = remembered.get(CHOSEN);
  }

  /** The id of the chosen model; null if none is chosen. */
  get id(): string | null {
    return this.#id;
  }

  /** Chooses a model for this visit only. */
  chooseForNow(id: string): void {
    this.#id = id;
  }

  choose(id: string | null): void {
    this.#id = id;
    this.#remembered.set(CHOSEN, id);
  }

  /**
   * Whether the user removed the model that comes with the page. Then that model is not fetched until the user chooses
   * it.
   */
  get lacksBuiltIn(): boolean {
    return this.#remembered.get(BUILT_IN) === 'removed';
  }

  set lacksBuiltIn(isRemoved: boolean) {
    this.#remembered.set(BUILT_IN, isRemoved ? 'removed' : null);
  }
}
