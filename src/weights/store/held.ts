// Entries that storage refused, held in this thread's memory for as long as the page lives.

import type { HeldEntry } from '../../contract/held-entry.ts';
import type { Change, Key } from './change.ts';

export class Held {
  readonly #entries = new Map<string, HeldEntry>();

  get(key: Key): unknown {
    return this.#entries.get(nameOf(key))?.[1];
  }

  /** All entries whose key begins with `prefix`, in the order in which they were added. */
  under(prefix: Key): HeldEntry[] {
    return Array.from(this.#entries.values()).filter(([key]) => begins(key, prefix));
  }

  /** Whether any entry has the model's id as the second part of its key. */
  holds(id: string): boolean {
    return Array.from(this.#entries.values()).some(([key]) => key[1] === id);
  }

  of(id: string): HeldEntry[] {
    return Array.from(this.#entries.values()).filter(([key]) => key[1] === id);
  }

  put(entries: readonly HeldEntry[]): void {
    for (const [key, value] of entries) this.#entries.set(nameOf(key), [key, value]);
  }

  remove({ gone = [], goneUnder = [] }: Change): void {
    for (const key of gone) this.#entries.delete(nameOf(key));
    for (const prefix of goneUnder) {
      for (const [key] of this.under(prefix)) this.#entries.delete(nameOf(key));
    }
  }
}

function nameOf(key: Key): string {
  return JSON.stringify(key);
}

function begins(key: Key, prefix: Key): boolean {
  return prefix.every((part, at) => key[at] === part);
}
