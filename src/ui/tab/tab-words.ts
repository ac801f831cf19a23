// The words of the draft in the tab's session storage as well: that is written at once, so a reload in the same moment
// does not lose a letter. Taken away as soon as the store has them.

import { parseJson, Field } from '../../format/json-field.ts';
import type { TabMemory } from '../tab-memory.ts';
import type { TabState } from './tab-store.ts';

const WORDS = 'darkroom-draft';

export class TabWords {
  readonly #memory: TabMemory;

  constructor(memory: TabMemory) {
    this.#memory = memory;
  }

  /** Words that are gone stay noted until `clear`: the question that they became is not stored yet. */
  note(words: string, at: number): void {
    if (words === '') return;
    try {
      this.#memory.setItem(WORDS, JSON.stringify({ words, at }));
    } catch {
      // A draft that is too long for it: IndexedDB has it.
    }
  }

  clear(): void {
    this.#memory.removeItem(WORDS);
  }

  /** The state with the words noted here, if they are newer than its own. */
  newer(state: TabState | undefined): Omit<TabState, 'at' | 'page'> | undefined {
    const noted = this.#read();
    if (noted === undefined || (state !== undefined && noted.at <= state.at)) return state;
    const nothing = { conversation: { id: '', turns: [] }, tray: [] };
    return { ...(state ?? nothing), words: noted.words };
  }

  #read(): { words: string; at: number } | undefined {
    try {
      const text = this.#memory.getItem(WORDS);
      if (text === null) return undefined;
      const root = new Field(parseJson(text, 'The draft', 'storage-failed'), 'draft: ', 'storage-failed');
      return { words: root.at('words').string(), at: root.at('at').number() };
    } catch {
      return undefined;
    }
  }
}
