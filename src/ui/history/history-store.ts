// Kept conversations in IndexedDB, in a database of their own: deleting it leaves the models alone.

import { clear, createStore, delMany, get, getMany, keys, setMany, type UseStore } from 'idb-keyval';
import { fail, Failure } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { packBlobs, takesBlobs, unpackBlobs } from '../../storage/blobs.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import { parseOptional } from '../photos/parse-part.ts';
import { parseBlob, parsePhoto } from '../photos/parse-photo.ts';
import { parseTurn } from './parse-turn.ts';

/** What the list shows of a conversation. */
export interface Kept {
  id: string;
  title: string;
  /** Milliseconds since 1970, when it last changed. */
  at: number;
  turns: number;
  /** Its first picture, small; null if there is none. */
  picture: Blob | null;
}

/** Every call fails with 'storage-failed' or 'storage-full' where the browser does not play along. */
export class HistoryStore {
  readonly #use: UseStore;
  #takesBlobs: Promise<boolean> | undefined;

  constructor(name = 'darkroom-history') {
    this.#use = createStore(name, 'conversations');
  }

  /** The latest first. */
  async list(): Promise<Kept[]> {
    const names = await tried(() => keys<string>(this.#use));
    const cards = names.filter((name) => name.startsWith('card:'));
    const kept = await Promise.all(
      cards.map(async (name) => parseKept(await tried(() => get<unknown>(name, this.#use)))),
    );
    return kept.sort((a, b) => b.at - a.at);
  }

  /** The words of all conversations, by their ids. */
  async texts(): Promise<Map<string, string>> {
    const names = (await tried(() => keys<string>(this.#use))).filter((name) => name.startsWith('text:'));
    const texts = await tried(() => getMany<unknown>(names, this.#use));
    return new Map(names.map((name, index) => [name.slice('text:'.length), String(texts[index])]));
  }

  /** Undefined where it is gone. */
  async read(id: string): Promise<SavedConversation | undefined> {
    const value = await tried(() => get<unknown>(`body:${id}`, this.#use));
    if (value === undefined) return undefined;
    const root = new Field(unpackBlobs(value), 'history: ', 'storage-failed');
    const photos = new Map(
      root
        .at('photos')
        .list(parsePhoto)
        .map((photo) => [photo.id, photo]),
    );
    return { id, turns: root.at('turns').list((field) => parseTurn(field, photos)) };
  }

  /** Replaces what was kept of it. */
  async keep(kept: Omit<Kept, 'picture'>, { turns }: SavedConversation): Promise<void> {
    const photos = new Map(turns.flatMap((turn) => turn.photos).map((photo) => [photo.id, photo]));
    const told = turns.map((turn) => ({ ...turn, photos: turn.photos.map((photo) => photo.id) }));
    const text = turns.map(({ question, answer }) => `${question}\n${answer}`).join('\n');
    await tried(async () => {
      const takes = await (this.#takesBlobs ??= takesBlobs(this.#use));
      const stored = (value: unknown): Promise<unknown> =>
        takes ? Promise.resolve(value) : packBlobs(value);
      const picture = turns.flatMap((turn) => turn.photos)[0]?.preview ?? null;
      await setMany(
        [
          [`card:${kept.id}`, await stored({ ...kept, picture })],
          [`body:${kept.id}`, await stored({ photos: Array.from(photos.values()), turns: told })],
          [`text:${kept.id}`, text],
        ],
        this.#use,
      );
    });
  }

  async remove(id: string): Promise<void> {
    await tried(() => delMany([`card:${id}`, `body:${id}`, `text:${id}`], this.#use));
  }

  async clear(): Promise<void> {
    await tried(() => clear(this.#use));
  }
}

function parseKept(value: unknown): Kept {
  const field = new Field(unpackBlobs(value), 'history: ', 'storage-failed');
  return {
    id: field.at('id').string(),
    title: field.at('title').string(),
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
