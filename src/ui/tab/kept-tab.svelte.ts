// Stores this tab's contents (conversation, draft, pictures) on this device while the tab is open, so that a reload,
// Back or a killed browser loses nothing. The contents are erased when the tab is empty or was closed. If the browser
// was killed, the next page offers them to the user. Kiosks do not use this.

import { untrack } from 'svelte';
import type { Draft } from '../composer/draft.svelte.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import { savedPhoto, type PhotoShelf, type SavedPhoto } from '../photos/photo-shelf.ts';
import type { Tray } from '../photos/tray.svelte.ts';
import type { TabWords } from './tab-words.ts';
import type { TabPresence } from './tab-presence.ts';
import type { TabGlance, TabState, TabStore } from './tab-store.ts';

/** The shortest time between two writes while an answer is written. */
const PACE_MS = 500;
/** The user may go back to a page that was left; after this time its tab counts as closed. */
const CLOSED_AFTER_MS = 15 * 60_000;
/** How long the contents of a killed browser are offered. */
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

  /** A tab that a killed browser left, until the user decides; null if there is none or a conversation has begun. */
  get offer(): TabGlance | null {
    return this.#parts.conversation.turns.length === 0 ? this.#offer : null;
  }

  /** Restores this tab's contents or, if there are none, offers those that a killed browser left. Call it once. */
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

  /** Stores this tab's contents now; returns false if the browser could not. Await it before a reload. */
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
    // The tab that left these contents may have come back meanwhile.
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
      // On a phone this may be the last event that the page receives.
      if (document.visibilityState === 'hidden') void this.flush();
    });
    window.addEventListener('beforeunload', (event) => {
      if (!this.#holdsAll()) event.preventDefault();
    });
  }

  /** Whether every picture is stored and, if a conversation has begun, the latest write succeeded. */
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

  /** Writes, one write at a time, until the stored contents are up to date. */
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
        // Look the stored pictures up each time: the user may have cleared the browser's storage.
        const stored = await store.photos(tab);
        const photos = [...state.tray, ...saved.turns.flatMap((turn) => turn.photos)];
        await store.write(tab, state, onceEach(photos.filter(({ id }) => !stored.has(id))));
        this.#stored = wanted;
        const stale = Array.from(stored).filter((id) => !wanted.has(id));
        if (stale.length > 0) await store.dropPhotos(tab, stale);
      }
      // `TabWords` holds the words unencrypted, so remove them as soon as they are stored.
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

  /** Restores stored contents, and puts pictures and words that were added since the page opened after them. */
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

  /** Erases the contents of closed tabs; with `offers`, offers the latest tab that a killed browser left. */
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

/** Returns whether the job succeeded. Errors are only logged: the page works in a browser that stores nothing. */
async function attempt(job: () => Promise<void>): Promise<boolean> {
  try {
    await job();
    return true;
  } catch (error) {
    console.warn('What this tab holds could not be stored or read.', error);
    return false;
  }
}
