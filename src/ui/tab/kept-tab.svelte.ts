// Keeps what this tab holds (conversation, draft, pictures) on this device while it is open, so that a reload, Back or
// a killed browser loses nothing. It is erased when the tab holds nothing any more, and what a tab that is gone left
// is erased or, if its browser was killed, offered to the next page. Kiosks have none of this.

import { untrack } from 'svelte';
import type { Draft } from '../composer/draft.svelte.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import { savedPhoto, type PhotoShelf, type SavedPhoto } from '../photos/photo-shelf.ts';
import type { Tray } from '../photos/tray.svelte.ts';
import type { TabWords } from './tab-words.ts';
import type { TabPresence } from './tab-presence.ts';
import type { TabGlance, TabState, TabStore } from './tab-store.ts';

/** While an answer is written, so often at most. */
const PACE_MS = 500;
/** A tab that was left may be gone back to; after this long it counts as closed. */
const CLOSED_AFTER_MS = 15 * 60_000;
/** A conversation of a killed browser is offered for so long. */
const OFFERED_FOR_MS = 7 * 24 * 3600_000;
const SWEEP_EVERY_MS = 5 * 60_000;

export interface KeptTabParts {
  conversation: Pick<Conversation, 'id' | 'turns' | 'busy' | 'save' | 'load'>;
  tray: Pick<Tray, 'photos' | 'put'>;
  draft: Draft;
  shelf: Pick<PhotoShelf, 'restore'>;
  store: Pick<TabStore, 'tabs' | 'glance' | 'photos' | 'read' | 'write' | 'dropPhotos' | 'erase'>;
  presence: Pick<
    TabPresence,
    'page' | 'earlier' | 'claim' | 'takeOver' | 'living' | 'leave' | 'leftAt' | 'forget'
  >;
  words: TabWords;
}

export class KeptTab {
  readonly #parts: KeptTabParts;
  #tab: string | undefined;
  /** Ids of the pictures that the latest write stored. */
  #stored: ReadonlySet<string> = idsOf(undefined);
  #dirty = false;
  #writing: Promise<void> | undefined;
  #writtenAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSafe = true;
  #offer = $state.raw<TabGlance | null>(null);

  constructor(parts: KeptTabParts) {
    this.#parts = parts;
  }

  /** What a killed browser left, until somebody decides; null if there is nothing, or a conversation has begun. */
  get offer(): TabGlance | null {
    return this.#parts.conversation.turns.length === 0 ? this.#offer : null;
  }

  /** At the start: brings back what this tab held, else looks for what a killed browser left. */
  async arrive(): Promise<void> {
    const { presence, words } = this.#parts;
    const { earlier } = presence;
    const state = earlier === null ? undefined : await this.#read(earlier);
    if (earlier !== null) this.#restore(words.newer(state));
    const tab = await presence.claim(earlier);
    if (tab === earlier) this.#stored = idsOf(state);
    this.#tab = tab;
    this.#watch();
    await this.#sweep(state === undefined);
    setInterval(() => void this.#sweep(false), SWEEP_EVERY_MS);
  }

  /** Stores what this tab holds now; false if the browser does not keep it. To be called before a reload. */
  async flush(): Promise<boolean> {
    this.#dirty = true;
    await this.#pump();
    return this.#isSafe;
  }

  async accept(): Promise<void> {
    const { presence, store } = this.#parts;
    const offer = this.#offer;
    const before = this.#tab;
    if (offer === null) return;
    this.#offer = null;
    // Its own tab may have come back meanwhile.
    if (await presence.takeOver(offer.tab)) {
      await this.#writing;
      const state = await this.#read(offer.tab);
      this.#tab = offer.tab;
      this.#stored = idsOf(state);
      this.#restore(state);
      if (before !== undefined) await attempt(() => store.erase(before));
      await this.flush();
    } else await this.#sweep(true);
  }

  async decline(): Promise<void> {
    const offer = this.#offer;
    if (offer === null) return;
    this.#offer = null;
    await this.#forget(offer.tab);
    await this.#sweep(true);
  }

  #watch(): void {
    const { conversation, draft, tray, presence, words } = this.#parts;
    $effect.root(() => {
      $effect(() => {
        words.note(draft.words, Date.now());
        const last = conversation.turns.at(-1);
        const seen = [
          tray.photos,
          conversation.id,
          last?.ending,
          last?.document.blocks,
          last?.document.thought,
        ];
        if (seen.length > 0) untrack(() => this.#note());
      });
    });
    window.addEventListener('pagehide', ({ persisted }) => {
      if (!persisted) presence.leave(Date.now());
      void this.flush();
    });
    document.addEventListener('visibilitychange', () => {
      // On a phone this may be the last that the page hears.
      if (document.visibilityState === 'hidden') void this.flush();
    });
    window.addEventListener('beforeunload', (event) => {
      if (!this.#holdsAll()) event.preventDefault();
    });
  }

  /** Whether every picture of this tab is stored; text is stored within moments. */
  #holdsAll(): boolean {
    const { conversation, tray } = this.#parts;
    const photos = [...tray.photos, ...conversation.turns.flatMap((turn) => turn.photos)];
    return (
      photos.every(({ id }) => this.#stored.has(id)) && (this.#isSafe || conversation.turns.length === 0)
    );
  }

  #note(): void {
    this.#dirty = true;
    const wait = this.#parts.conversation.busy ? this.#writtenAt + PACE_MS - Date.now() : 0;
    clearTimeout(this.#timer);
    if (wait > 0) this.#timer = setTimeout(() => void this.#pump(), wait);
    else void this.#pump();
  }

  /** Writes until nothing has changed since; one write at a time. */
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
    const { conversation, tray, draft, store, words, presence } = this.#parts;
    const saved = conversation.save();
    const at = Date.now();
    const state: TabState = {
      conversation: saved,
      words: draft.words,
      tray: tray.photos.map(savedPhoto),
      at,
      page: presence.page,
    };
    this.#writtenAt = at;
    const wanted = idsOf(state);
    this.#isSafe = await attempt(async () => {
      if (wanted.size === 0 && saved.turns.length === 0 && state.words.trim() === '') {
        await store.erase(tab);
        this.#stored = wanted;
      } else {
        // Looked up each time: somebody may have cleared the browser's storage.
        const stored = await store.photos(tab);
        const photos = [...state.tray, ...saved.turns.flatMap((turn) => turn.photos)];
        await store.write(tab, state, onceEach(photos.filter(({ id }) => !stored.has(id))));
        this.#stored = wanted;
        const stale = Array.from(stored).filter((id) => !wanted.has(id));
        if (stale.length > 0) await store.dropPhotos(tab, stale);
      }
      // They lie here unsealed.
      if (draft.words === state.words) words.clear();
    });
  }

  async #read(tab: string): Promise<TabState | undefined> {
    let state: TabState | undefined;
    const isSound = await attempt(async () => {
      state = await this.#parts.store.read(tab);
    });
    if (!isSound) await this.#forget(tab);
    return state;
  }

  /** What was added since the page opened stays, after what is brought back. */
  #restore(state: Omit<TabState, 'at' | 'page'> | undefined): void {
    const { conversation, draft, tray, shelf } = this.#parts;
    if (state === undefined) return;
    if (conversation.turns.length === 0 && state.conversation.turns.length > 0)
      conversation.load(state.conversation);
    const since = tray.photos;
    tray.put(state.tray.map((photo) => shelf.restore(photo)));
    tray.put(since);
    draft.words = [state.words, draft.words].filter((words) => words !== '').join('\n');
  }

  /** Erases what closed tabs left; with `offers`, offers the latest that a killed browser left. */
  async #sweep(offers: boolean): Promise<void> {
    const { store, presence } = this.#parts;
    const left: TabGlance[] = [];
    await attempt(async () => {
      const living = await presence.living();
      if (living === undefined) return;
      const now = Date.now();
      for (const tab of (await store.tabs()).filter((tab) => tab !== this.#tab && !living.has(tab))) {
        const glance = await store.glance(tab);
        const leftAt = glance === undefined ? null : presence.leftAt(tab, glance.page);
        if (glance === undefined || now - glance.at > OFFERED_FOR_MS) await this.#forget(tab);
        else if (leftAt === null) left.push(glance);
        else if (now - leftAt > CLOSED_AFTER_MS) await this.#forget(tab);
      }
    });
    if (offers) this.#offer = left.sort((a, b) => b.at - a.at)[0] ?? null;
  }

  async #forget(tab: string): Promise<void> {
    await attempt(() => this.#parts.store.erase(tab));
    this.#parts.presence.forget(tab);
  }
}

function onceEach(photos: readonly SavedPhoto[]): SavedPhoto[] {
  return photos.filter(({ id }, index) => photos.findIndex((other) => other.id === id) === index);
}

function idsOf(state: TabState | undefined): Set<string> {
  const photos = [
    ...(state?.tray ?? []),
    ...(state?.conversation.turns.flatMap((turn) => turn.photos) ?? []),
  ];
  return new Set(photos.map(({ id }) => id));
}

/** A browser that keeps nothing is no failure of the page's; false if the job failed. */
async function attempt(job: () => Promise<void>): Promise<boolean> {
  try {
    await job();
    return true;
  } catch (error) {
    console.warn('What this tab holds could not be stored or read.', error);
    return false;
  }
}
