// Suspects are models that were loading or answering when the page died. If the chosen model is a suspect, it is loaded
// again only with the user's consent.

import type { LoadNotes } from '../../client/load-notes.ts';
import { BUILT_IN, isLoadable, smallerThan, type Entry } from './entries.ts';
import type { Remembered } from '../kit/remembered.ts';

export interface Suspect {
  entry: Entry;
  /** A smaller model that could answer instead. */
  smaller: Entry | undefined;
}

/**
 * The number of deaths in a row after which the page asks the user. The built-in model is small and rarely the cause.
 */
const DEATHS = { builtIn: 2, other: 1 };

export class Suspects {
  readonly #notes: Pick<LoadNotes, 'deaths'>;
  readonly #remembered: Remembered;
  #current = $state.raw<Suspect | undefined>();
  /** The functions that settle the promises of `decision`. */
  #waiting: (() => void)[] = [];

  constructor(notes: Pick<LoadNotes, 'deaths'>, remembered: Remembered) {
    this.#notes = notes;
    this.#remembered = remembered;
  }

  /** The suspect about which the page asks the user; undefined if there is none. */
  get current(): Suspect | undefined {
    return this.#current;
  }

  is(id: string): boolean {
    return this.#current?.entry.request.id === id;
  }

  /** Adds the deaths since the last visit to the counts. */
  async count(): Promise<void> {
    for (const id of await this.#notes.deaths())
      this.#remembered.set(keyOf(id), String(this.#deathsOf(id) + 1));
  }

  /** Returns the model as a suspect if the page died with it often enough; otherwise undefined. */
  judge(entry: Entry, entries: readonly Entry[]): Suspect | undefined {
    const { id } = entry.request;
    const isOne = this.#deathsOf(id) >= (id === BUILT_IN ? DEATHS.builtIn : DEATHS.other);
    return isOne && isLoadable(entry) ? { entry, smaller: smallerThan(entry, entries) } : undefined;
  }

  ask(suspect: Suspect): void {
    this.#current = suspect;
  }

  /** Settles when the user has decided, or at once if there is nothing to decide. */
  decision(): Promise<void> {
    if (this.#current === undefined) return Promise.resolve();
    return new Promise((decided) => this.#waiting.push(decided));
  }

  decide(): void {
    this.#current = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const settle of waiting) settle();
  }

  /** Resets the count of a model that was loaded without a death of the page. */
  clear(id: string): void {
    if (this.#deathsOf(id) > 0) this.#remembered.set(keyOf(id), null);
  }

  #deathsOf(id: string): number {
    return Number(this.#remembered.get(keyOf(id)) ?? 0);
  }
}

function keyOf(id: string): string {
  return `deaths.${id}`;
}
