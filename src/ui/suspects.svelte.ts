// Models that a page died with while they were at work: the chosen one is loaded again only when the user says so.

import type { LoadNotes } from '../client/load-notes.ts';
import { BUILT_IN, isLoadable, smallerThan, type Entry } from './entries.ts';
import type { Remembered } from './remembered.ts';

export interface Suspect {
  entry: Entry;
  /** What could answer instead. */
  smaller: Entry | undefined;
}

/** So many deaths in a row until the user is asked; the built-in model is small, and rarely the cause. */
const DEATHS = { builtIn: 2, other: 1 };

export class Suspects {
  readonly #notes: Pick<LoadNotes, 'deaths'>;
  readonly #remembered: Remembered;
  #current = $state.raw<Suspect | undefined>();
  /** Questions that wait for the user's word. */
  #waiting: (() => void)[] = [];

  constructor(notes: Pick<LoadNotes, 'deaths'>, remembered: Remembered) {
    this.#notes = notes;
    this.#remembered = remembered;
  }

  /** The one that the user is asked about. */
  get current(): Suspect | undefined {
    return this.#current;
  }

  is(id: string): boolean {
    return this.#current?.entry.request.id === id;
  }

  /** Counts the deaths since the last visit. */
  async count(): Promise<void> {
    for (const id of await this.#notes.deaths())
      this.#remembered.set(keyOf(id), String(this.#deathsOf(id) + 1));
  }

  /** Whether pages died with a model, and what could answer instead of it. */
  judge(entry: Entry, entries: readonly Entry[]): Suspect | undefined {
    const { id } = entry.request;
    const isOne = this.#deathsOf(id) >= (id === BUILT_IN ? DEATHS.builtIn : DEATHS.other);
    return isOne && isLoadable(entry) ? { entry, smaller: smallerThan(entry, entries) } : undefined;
  }

  ask(suspect: Suspect): void {
    this.#current = suspect;
  }

  /** Settles when the user has decided; at once where nothing is asked. */
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

  /** A model was loaded, and the page lives. */
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
