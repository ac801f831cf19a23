// Conversations beyond the page: kept on this device where somebody agreed to it, listed, reopened,
// taken out as files, brought in from files, deleted for good.

import { describe, type FailureInfo } from '../../failure.ts';
import type { Conversation, SavedConversation } from '../conversation/conversation.svelte.ts';
import { ownBytes } from '../photos/own-bytes.ts';
import type { Remembered } from '../remembered.ts';
import type { HistoryStrings } from '../strings/history.ts';
import { fromJson, toJson, type OpenPhoto } from './conversation-json.ts';
import { toMarkdown, type SavedFile } from './export-markdown.ts';
import type { HistoryStore, Kept } from './history-store.ts';

const TITLE_LENGTH = 80;
/** The id of the conversation that a page left to the next one of its tab. */
const CARRIED = 'darkroom-carried';
/** It was not kept before, and need not be afterwards. */
const FOR_NOW = 'darkroom-carried-for-now';

export interface HistoryParts {
  conversation: Pick<Conversation, 'save' | 'load'>;
  store: Pick<HistoryStore, 'list' | 'read' | 'keep' | 'remove' | 'clear'>;
  openPhoto: OpenPhoto;
  remembered: Remembered;
  /** What this tab alone remembers, over a reload too. */
  tab: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  now?: () => number;
}

export class History {
  readonly #parts: HistoryParts;
  #isOpen = $state(false);
  #isOn = $state(false);
  #list = $state.raw<readonly Kept[]>([]);
  #failure = $state.raw<FailureInfo | undefined>();
  /** Writes go one after the other: the last state wins. */
  #tail: Promise<void> = Promise.resolve();

  constructor(parts: HistoryParts) {
    this.#parts = parts;
    this.#isOn = parts.remembered.get('history') === 'on';
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Whether conversations are kept; off until somebody says yes. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** The latest first. */
  get list(): readonly Kept[] {
    return this.#list;
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
  }

  /** What was kept before stays until it is deleted. */
  async turn(on: boolean): Promise<void> {
    this.#isOn = on;
    this.#parts.remembered.set('history', on ? 'on' : null);
    if (on) await this.keep();
  }

  /** Keeps the conversation as it stands, where that is wanted and there is one. */
  keep(): Promise<void> {
    if (!this.#isOn) return this.#tail;
    const saved = this.#parts.conversation.save();
    if (saved.turns.length === 0) return this.#tail;
    this.#tail = this.#try(() => this.#keep(saved));
    return this.#tail;
  }

  /**
   * Before the page starts anew: puts the conversation where the tab's next page finds it, wanted or not.
   * False where the browser does not keep it.
   */
  async carry(): Promise<boolean> {
    const saved = this.#parts.conversation.save();
    if (saved.turns.length === 0) return true;
    const { store, tab } = this.#parts;
    await this.#try(async () => {
      if (!this.#isOn && (await store.read(saved.id)) === undefined) tab.setItem(FOR_NOW, 'yes');
      await this.#keep(saved);
      tab.setItem(CARRIED, saved.id);
    });
    if (this.#failure) this.#isOpen = true;
    return !this.#failure;
  }

  /** At the start: goes on with what was carried here, and keeps it only if it was kept before. */
  async arrive(): Promise<void> {
    const { store, tab } = this.#parts;
    const id = tab.getItem(CARRIED);
    if (id === null) return;
    tab.removeItem(CARRIED);
    await this.reopen(id);
    if (tab.getItem(FOR_NOW) !== null) await this.#try(() => store.remove(id));
    tab.removeItem(FOR_NOW);
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

  async remove(id: string): Promise<void> {
    await this.#try(async () => {
      await this.#parts.store.remove(id);
      await this.#refresh();
    });
  }

  async removeAll(): Promise<void> {
    await this.#try(async () => {
      await this.#parts.store.clear();
      await this.#refresh();
    });
  }

  /** Reads an exported conversation and goes on with it. */
  async importFile(file: Blob): Promise<void> {
    await this.#try(async () => {
      const text = await (await ownBytes(file)).text();
      this.#parts.conversation.load(await fromJson(text, this.#parts.openPhoto));
      this.hide();
      await this.keep();
    });
  }

  /** A kept conversation as a file, or the present one (no `id`); undefined where it is gone. */
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

  async #refresh(): Promise<void> {
    this.#list = await this.#parts.store.list();
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

function titleOf({ turns }: SavedConversation): string {
  const first = turns.find((turn) => turn.question.trim() !== '');
  const line = (first?.question ?? first?.photos[0]?.name ?? '').trim().replace(/\s+/g, ' ');
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH - 1)}…` : line;
}

/** What every file system takes. */
function fileName(title: string): string {
  const plain = title.replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return plain === '' ? 'conversation' : plain.slice(0, 60);
}
