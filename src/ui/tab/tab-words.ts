// Keeps the words of the draft in the tab's session storage as well. Session storage is written at once, so a reload at
// the same moment loses no letter. The words are removed as soon as the tab store has them.

import { parseJson, Field } from '../../format/json-field.ts';
import type { TabMemory } from '../kit/tab-memory.ts';
import type { TabState } from './tab-store.ts';

const WORDS = 'darkroom-draft';

export class TabWords {
  readonly #memory: TabMemory;

  constructor(memory: TabMemory) {
    this.#memory = memory;
  }

  /**
   * Notes the words. If `words` is empty, the last note stays until `clear`, because the question with its words may
   * not be stored yet.
   */
  note(words: string, at: number): void {
    if (words === '') return;
    try {
      this.#memory.setItem(WORDS, JSON.stringify({ words, at }));
    } catch {
      // The draft is too long for session storage; the tab store keeps it in IndexedDB.
    }
  }

  clear(): void {
    this.#memory.removeItem(WORDS);
  }

  /** The state, with its words replaced by the noted ones if those are newer. */
  newer(state: TabState | undefined): Omit<TabState, 'at' | 'page'> | undefined {
    const noted = this.#read();
    if (noted === undefined || (state !== undefined && noted.at <= state.at)) return state;
    const nothing = { conversation: { id: '', turns: [] }, attachments: [] };
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
