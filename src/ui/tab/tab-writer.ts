// Writes a tab's contents into the store, one write at a time, and less often while an answer grows.

import type { SavedItem } from '../media/open-media.ts';
import { attempt } from './attempt.ts';
import type { TabState, TabStore } from './tab-store.ts';

/** The shortest time between two writes while an answer is being written. */
const PACE_MS = 500;

interface Parts {
  store: Pick<TabStore, 'media' | 'write' | 'dropMedia' | 'erase'>;
  /** The current contents of the tab. */
  contents: () => Omit<TabState, 'at'>;
  /** Whether an answer is being written. */
  isBusy: () => boolean;
  /** Called after these contents were stored. */
  onStored: (state: TabState) => void;
}

export class TabWriter {
  readonly #parts: Parts;
  /** The tab whose contents are written; undefined until this page has claimed one. */
  #tab: string | undefined;
  /** Ids of the pictures that the latest write stored. */
  #stored: ReadonlySet<string> = new Set();
  #dirty = false;
  #writing: Promise<void> | undefined;
  #writtenAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSafe = true;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get tab(): string | undefined {
    return this.#tab;
  }

  /** Whether the latest write succeeded. */
  get isSafe(): boolean {
    return this.#isSafe;
  }

  /** From now on, writes to `tab`. `state` is what the store holds for this tab; undefined if it holds nothing. */
  use(tab: string, state: TabState | undefined): void {
    this.#tab = tab;
    this.#stored = idsOf(state);
  }

  has(itemId: string): boolean {
    return this.#stored.has(itemId);
  }

  /** Settles when no write is running. */
  async settled(): Promise<void> {
    await this.#writing;
  }

  /** Writes the contents now. Returns false if the browser could not store them. */
  async flush(): Promise<boolean> {
    this.#dirty = true;
    await this.#pump();
    return this.#isSafe;
  }

  /** Notes that the contents have changed, so that they are written soon. */
  note(): void {
    this.#dirty = true;
    const wait = this.#parts.isBusy() ? this.#writtenAt + PACE_MS - Date.now() : 0;
    clearTimeout(this.#timer);
    if (wait > 0) this.#timer = setTimeout(() => void this.#pump(), wait);
    else void this.#pump();
  }

  /** Writes repeatedly, one write at a time, until the stored contents are up to date. */
  async #pump(): Promise<void> {
    if (this.#tab === undefined) return;
    while (this.#dirty || this.#writing) {
      if (this.#writing === undefined) {
        this.#dirty = false;
        this.#writing = this.#write(this.#tab).finally(() => (this.#writing = undefined));
      }
      await this.#writing;
    }
  }

  async #write(tab: string): Promise<void> {
    const { store, contents, onStored } = this.#parts;
    const at = Date.now();
    const state: TabState = { ...contents(), at };
    this.#writtenAt = at;
    const wanted = idsOf(state);
    this.#isSafe = await attempt(async () => {
      if (wanted.size === 0 && state.conversation.turns.length === 0 && state.words.trim() === '') {
        await store.erase(tab);
        this.#stored = wanted;
      } else {
        // Look up the stored pictures each time, because the user may have cleared the browser's storage.
        const stored = await store.media(tab);
        const missing = mediaOf(state).filter(({ id }) => !stored.has(id));
        await store.write(tab, state, onceEach(missing));
        this.#stored = wanted;
        const stale = Array.from(stored).filter((id) => !wanted.has(id));
        if (stale.length > 0) await store.dropMedia(tab, stale);
      }
      onStored(state);
    });
  }
}

function mediaOf(state: TabState): SavedItem[] {
  return [...state.attachments, ...state.conversation.turns.flatMap((turn) => turn.media)];
}

function idsOf(state: TabState | undefined): Set<string> {
  return new Set(state === undefined ? [] : mediaOf(state).map(({ id }) => id));
}

function onceEach(media: readonly SavedItem[]): SavedItem[] {
  return media.filter(({ id }, index) => media.findIndex((other) => other.id === id) === index);
}
