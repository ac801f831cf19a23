// Stores kept conversations in a separate IndexedDB database, so that deleting it does not touch the models. The
// records are encrypted with a key that lies in the same database and that the browser never exports. Erasing removes
// the key first.

import { fail, Failure } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { visibleText } from '../../format/visible-text.ts';
import { openStore } from '../../storage/open-store.ts';
import { SealedStore } from '../../storage/sealed-store.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import { parseOptional } from '../media/parse-part.ts';
import { parseBlob, parseItem } from '../media/parse-item.ts';
import { parseTurn, writeTurn } from './turn-record.ts';

export const HISTORY_DATABASE = 'darkroom-history';
export const HISTORY_STORE = 'conversations';

/** The facts about a conversation that the list shows. */
export interface Kept {
  id: string;
  title: string;
  /** When the conversation last changed, in milliseconds since 1970. */
  at: number;
  turns: number;
  /** A preview of its first picture; null if there is none. */
  picture: Blob | null;
  /** Whether the conversation cannot be read, so that the user can only remove it. */
  isBroken?: boolean;
}

/** Every call fails with 'storage-full' if the disk is full, and with 'storage-failed' on other storage errors. */
export class HistoryStore {
  readonly #sealed: SealedStore<string>;

  constructor(name = HISTORY_DATABASE) {
    const isName = (each: IDBValidKey): each is string =>
      typeof each === 'string' && /^(?:card|body|text):/.test(each);
    this.#sealed = new SealedStore(openStore(name, HISTORY_STORE), () => 'key', isName);
  }

  /** All conversations, the latest first. A conversation that cannot be read is listed as broken. */
  async list(): Promise<Kept[]> {
    const cards = (await this.#names()).filter((name) => name.startsWith('card:'));
    const kept = await Promise.all(cards.map((name) => this.#card(name)));
    return kept.sort((a, b) => b.at - a.at);
  }

  /** The texts of all conversations, by their ids; '' if a text cannot be read. */
  async texts(): Promise<Map<string, string>> {
    const names = (await this.#names()).filter((name) => name.startsWith('text:'));
    const texts = await Promise.all(names.map((name) => this.#get(name).catch(() => '')));
    return new Map(names.map((name, index) => [name.slice('text:'.length), String(texts[index])]));
  }

  /** Returns undefined if the conversation is gone. */
  async read(id: string): Promise<SavedConversation | undefined> {
    const value = await this.#get(`body:${id}`);
    if (value === undefined) return undefined;
    const root = new Field(value, 'history: ', 'storage-failed');
    const media = new Map(
      root
        .at('photos')
        .list(parseItem)
        .map((item) => [item.id, item]),
    );
    return { id, turns: root.at('turns').list((field) => parseTurn(field, media)) };
  }

  /** Stores a conversation, and replaces its earlier records. */
  async keep(kept: Omit<Kept, 'picture' | 'isBroken'>, { turns }: SavedConversation): Promise<void> {
    const media = new Map(turns.flatMap((turn) => turn.media).map((item) => [item.id, item]));
    const text = turns.map(({ question, answer }) => `${question}\n${answer}`).join('\n');
    const picture = turns.flatMap((turn) => turn.media)[0]?.preview ?? null;
    await tried(async () => {
      await this.#sealed.put([
        [`card:${kept.id}`, { ...kept, picture }],
        [`body:${kept.id}`, { photos: Array.from(media.values()), turns: turns.map(writeTurn) }],
        [`text:${kept.id}`, text],
      ]);
    });
  }

  async remove(id: string): Promise<void> {
    await tried(() => this.#sealed.remove([`card:${id}`, `body:${id}`, `text:${id}`]));
  }

  /** Erases everything. Removes the key first, because the other records cannot be read without it. */
  async clear(): Promise<void> {
    await tried(() => this.#sealed.clear());
  }

  async #names(): Promise<string[]> {
    return tried(() => this.#sealed.names());
  }

  async #card(name: string): Promise<Kept> {
    const id = name.slice('card:'.length);
    try {
      return parseKept(await this.#get(name), id);
    } catch {
      return { id, title: '', at: 0, turns: 0, picture: null, isBroken: true };
    }
  }

  async #get(name: string): Promise<unknown> {
    return tried(() => this.#sealed.get(name));
  }
}

function parseKept(value: unknown, id: string): Kept {
  const field = new Field(value, 'history: ', 'storage-failed');
  return {
    id,
    title: visibleText(field.at('title').string()),
    at: field.at('at').number(),
    turns: field.at('turns').integer(),
    picture: parseOptional(field, 'picture', parseBlob),
  };
}

async function tried<T>(job: () => Promise<T>): Promise<T> {
  try {
    return await job();
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
    fail(isFull ? 'storage-full' : 'storage-failed', 'The conversation could not be kept or read.', cause);
  }
}
