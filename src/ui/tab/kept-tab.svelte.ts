// Stores this tab's contents (conversation, draft, pictures) on this device while the tab is open, so that none of it
// is lost by a reload, by Back or by a killed browser. The contents are erased when the tab is empty or was closed. If
// the browser was killed, the next page offers them to the user. Kiosks do not use this.

import { untrack } from 'svelte';
import type { Draft } from '../composer/draft.svelte.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import { savedItem, type OpenMedia } from '../media/open-media.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import { attempt } from './attempt.ts';
import { LeftTabs } from './left-tabs.ts';
import type { TabPresence } from './tab-presence.ts';
import type { TabGlance, TabState, TabStore } from './tab-store.ts';
import type { TabWords } from './tab-words.ts';
import { TabWriter } from './tab-writer.ts';

const SWEEP_EVERY_MS = 5 * 60_000;

export interface KeptTabParts {
  conversation: Pick<Conversation, 'id' | 'turns' | 'busy' | 'save' | 'load'>;
  attachments: Pick<Attachments, 'media' | 'put'>;
  draft: Draft;
  openMedia: Pick<OpenMedia, 'restore'>;
  store: Pick<TabStore, 'tabs' | 'glance' | 'media' | 'read' | 'write' | 'dropMedia' | 'erase'>;
  presence: Pick<
    TabPresence,
    'page' | 'earlier' | 'claim' | 'takeOver' | 'living' | 'leave' | 'leftAt' | 'forget'
  >;
  words: TabWords;
}

export class KeptTab {
  readonly #parts: KeptTabParts;
  readonly #writer: TabWriter;
  readonly #left: LeftTabs;
  #offer = $state.raw<TabGlance | null>(null);

  constructor(parts: KeptTabParts) {
    const { conversation, store, presence, words, draft } = parts;
    this.#parts = parts;
    this.#left = new LeftTabs({ store, presence });
    this.#writer = new TabWriter({
      store,
      contents: () => this.#contents(),
      isBusy: () => conversation.busy,
      onStored: (state) => {
        // `TabWords` holds the words unencrypted, so remove them as soon as they are stored.
        if (draft.words === state.words) words.clear();
      },
    });
  }

  /**
   * The tab that a killed browser left, until the user decides about it; null if there is none, or if a conversation
   * has begun.
   */
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
    this.#writer.use(tab, tab === earlier ? state : undefined);
    this.#watch();
    await this.#sweep(state === undefined);
    setInterval(() => void this.#sweep(false), SWEEP_EVERY_MS);
  }

  /** Stores this tab's contents now. Returns false if the browser could not store them. Await this before a reload. */
  flush(): Promise<boolean> {
    return this.#writer.flush();
  }

  async accept(): Promise<void> {
    const { presence, store } = this.#parts;
    const offer = this.#offer;
    const before = this.#writer.tab;
    if (offer === null) return;
    this.#offer = null;
    // The tab that left these contents may have been restored in the meantime.
    if (await presence.takeOver(offer.tab)) {
      await this.#writer.settled();
      const state = await this.#read(offer.tab);
      this.#writer.use(offer.tab, state);
      this.#restore(state);
      if (before !== undefined) await attempt(() => store.erase(before));
      await this.flush();
    } else await this.#sweep(true);
  }

  async decline(): Promise<void> {
    const offer = this.#offer;
    if (offer === null) return;
    this.#offer = null;
    await this.#left.forget(offer.tab);
    await this.#sweep(true);
  }

  #watch(): void {
    const { conversation, draft, attachments, presence, words } = this.#parts;
    $effect.root(() => {
      $effect(() => {
        words.note(draft.words, Date.now());
        const last = conversation.turns.at(-1);
        const seen = [
          attachments.media,
          conversation.id,
          last?.ending,
          last?.document.blocks,
          last?.document.thought,
        ];
        if (seen.length > 0) untrack(() => this.#writer.note());
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
    const { conversation, attachments } = this.#parts;
    const media = [...attachments.media, ...conversation.turns.flatMap((turn) => turn.media)];
    return (
      media.every(({ id }) => this.#writer.has(id)) &&
      (this.#writer.isSafe || conversation.turns.length === 0)
    );
  }

  #contents(): Omit<TabState, 'at'> {
    const { conversation, attachments, draft, presence } = this.#parts;
    return {
      conversation: conversation.save(),
      words: draft.words,
      attachments: attachments.media.map(savedItem),
      page: presence.page,
    };
  }

  async #read(tab: string): Promise<TabState | undefined> {
    let state: TabState | undefined;
    const isSound = await attempt(async () => {
      state = await this.#parts.store.read(tab);
    });
    if (!isSound) await this.#left.forget(tab);
    return state;
  }

  /** Restores stored contents. Pictures and words that were added since the page opened are put after them. */
  #restore(state: Omit<TabState, 'at' | 'page'> | undefined): void {
    const { conversation, draft, attachments, openMedia } = this.#parts;
    if (state === undefined) return;
    if (conversation.turns.length === 0 && state.conversation.turns.length > 0)
      conversation.load(state.conversation);
    const since = attachments.media;
    attachments.put(state.attachments.map((item) => openMedia.restore(item)));
    attachments.put(since);
    draft.words = [state.words, draft.words].filter((words) => words !== '').join('\n');
  }

  /** Erases the contents of closed tabs. With `offers`, also offers the latest tab that a killed browser left. */
  async #sweep(offers: boolean): Promise<void> {
    const left = await this.#left.sweep(this.#writer.tab);
    if (offers) this.#offer = left;
  }
}
