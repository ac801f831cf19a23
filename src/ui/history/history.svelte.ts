// Conversations that outlive the page: they are stored on this device if the user has agreed. They can be listed,
// searched, reopened, exported as files, imported from files, and deleted for good.

import { describe, type FailureInfo } from '../../failure.ts';
import type { Conversation, SavedConversation } from '../conversation/conversation.svelte.ts';
import { ownBytes } from '../media/own-bytes.ts';
import type { Remembered } from '../kit/remembered.ts';
import type { HistoryStrings } from './strings.ts';
import { fromJson, toJson, type OpenFile } from './conversation-json.ts';
import type { SavedFile } from '../kit/save-file.ts';
import { toMarkdown } from './export-markdown.ts';
import type { HistoryStore, Kept } from './history-store.ts';
import { snippet } from './snippet.ts';
import { titleOf } from './title.ts';

export interface HistoryParts {
  conversation: Pick<Conversation, 'save' | 'load'>;
  store: Pick<HistoryStore, 'list' | 'texts' | 'read' | 'keep' | 'remove' | 'clear'>;
  openFile: OpenFile;
  remembered: Remembered;
  now?: () => number;
}

export class History {
  readonly #parts: HistoryParts;
  #isOpen = $state(false);
  #isOn = $state(false);
  #canOffer = $state(false);
  #list = $state.raw<readonly Kept[]>([]);
  #query = $state('');
  #texts = $state.raw<ReadonlyMap<string, string> | undefined>();
  /** The conversations of the list that contain every word of the search. */
  readonly found: readonly Kept[] = $derived.by(() => {
    const words = plain(this.#query).split(/\s+/);
    return this.#list.filter(({ id, title }) => {
      const text = plain(`${title}\n${this.#texts?.get(id) ?? ''}`);
      return words.every((word) => text.includes(word));
    });
  });
  #failure = $state.raw<FailureInfo | undefined>();
  /** The latest change of the store; settles when the change has ended. Changes run one after the other. */
  #tail: Promise<void> = Promise.resolve();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.#isOn = parts.remembered.get('history') === 'on';
    this.#canOffer = !this.#isOn && parts.remembered.get('history-offered') === null;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether conversations are kept; off until the user agrees. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** Whether to offer to keep conversations: the user has neither seen the offer nor decided about it. */
  get canOffer(): boolean {
    return this.#canOffer;
  }

  declineOffer(): void {
    this.#canOffer = false;
    this.#parts.remembered.set('history-offered', 'yes');
  }

  /** The kept conversations, the latest first. */
  get list(): readonly Kept[] {
    return this.#list;
  }

  /** The text around the search hit in a conversation; '' if the title contains every word of the search. */
  snippetOf({ id, title }: Kept): string {
    const words = this.#query.trim().split(/\s+/);
    if (words.every((word) => plain(title).includes(plain(word)))) return '';
    return snippet(this.#texts?.get(id) ?? '', words);
  }

  get failure(): FailureInfo | undefined {
    return this.#failure;
  }

  show(): void {
    this.#isOpen = true;
    this.#failure = undefined;
    void this.#try(() => this.#refresh());
  }

  hide(): void {
    this.#isOpen = false;
    this.#query = '';
    this.#texts = undefined;
  }

  /** Turns keeping on or off. Conversations that were kept before stay until they are deleted. */
  async turn(on: boolean): Promise<void> {
    this.declineOffer();
    this.#isOn = on;
    this.#parts.remembered.set('history', on ? 'on' : null);
    if (on) await this.keep();
  }

  /** Stores the current conversation, if keeping is on and the conversation has a turn. */
  keep(): Promise<void> {
    if (!this.#isOn) return this.#tail;
    const saved = this.#parts.conversation.save();
    if (saved.turns.length === 0) return this.#tail;
    return this.#change(() => this.#keep(saved));
  }

  async reopen(id: string): Promise<void> {
    await this.#try(async () => {
      const saved = await this.#parts.store.read(id);
      if (saved) {
        this.#parts.conversation.load(saved);
        this.hide();
      }
    });
  }

  remove(id: string): Promise<void> {
    return this.#change(async () => {
      await this.#parts.store.remove(id);
      await this.#refresh();
    });
  }

  removeAll(): Promise<void> {
    return this.#change(async () => {
      await this.#parts.store.clear();
      await this.#refresh();
    });
  }

  /** Reads an exported conversation and continues it. */
  async importFile(file: Blob): Promise<void> {
    await this.#try(async () => {
      const text = await (await ownBytes(file)).text();
      this.#parts.conversation.load(await fromJson(text, this.#parts.openFile));
      this.hide();
      await this.keep();
    });
  }

  /** Exports a kept conversation or, without `id`, the current one; undefined if it is gone or empty. */
  async export(kind: 'json' | 'markdown', says: HistoryStrings, id?: string): Promise<SavedFile | undefined> {
    let file: SavedFile | undefined;
    await this.#try(async () => {
      const saved = id === undefined ? this.#parts.conversation.save() : await this.#parts.store.read(id);
      if (!saved || saved.turns.length === 0) return;
      const title = titleOf(saved);
      const name = fileName(title);
      file =
        kind === 'markdown'
          ? await toMarkdown(saved, title, name, says)
          : { name: `${name}.json`, blob: new Blob([await toJson(saved)], { type: 'application/json' }) };
    });
    return file;
  }

  async #keep(saved: SavedConversation): Promise<void> {
    const at = (this.#parts.now ?? Date.now)();
    const card = { id: saved.id, title: titleOf(saved), at, turns: saved.turns.length };
    await this.#parts.store.keep(card, saved);
    await this.#refresh();
  }

  get query(): string {
    return this.#query;
  }

  /** Searches the kept conversations; '' shows all. */
  search(query: string): void {
    this.#query = query;
  }

  async #refresh(): Promise<void> {
    // Only the open panel searches the texts.
    if (this.#isOpen) this.#texts = await this.#parts.store.texts();
    this.#list = await this.#parts.store.list();
  }

  /**
   * Waits for the earlier changes: an older conversation that takes long to seal must not replace a newer one, and a
   * pending write must not restore records that the user deletes.
   */
  #change(job: () => Promise<void>): Promise<void> {
    this.#tail = this.#tail.then(() => this.#try(job));
    return this.#tail;
  }

  async #try(job: () => Promise<void>): Promise<void> {
    this.#failure = undefined;
    try {
      await job();
    } catch (error) {
      this.#failure = describe(error);
    }
  }
}

/** The text in a form for comparison, without differences of case or character width. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase();
}

/** A name that every file system accepts. */
function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return plain === '' ? 'conversation' : plain.slice(0, 60);
}
