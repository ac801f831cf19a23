// Kept conversations in IndexedDB, in a database of their own: deleting it leaves the models alone.

import { clear, createStore, delMany, get, keys, setMany, type UseStore } from 'idb-keyval';
import { fail, Failure } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { packBlobs, takesBlobs, unpackBlobs } from '../../storage/blobs.ts';
import type { SavedConversation } from '../conversation/conversation.svelte.ts';
import type { SavedPhoto } from '../photos/photo-shelf.ts';
import { parseOptional, parsePart, parseTurn } from './parse-turn.ts';

/** What the list shows of a conversation. */
export interface Kept {
  id: string;
  title: string;
  /** Milliseconds since 1970, when it last changed. */
  at: number;
  turns: number;
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
  async keep(kept: Kept, { turns }: SavedConversation): Promise<void> {
    const photos = new Map(turns.flatMap((turn) => turn.photos).map((photo) => [photo.id, photo]));
    const told = turns.map((turn) => ({ ...turn, photos: turn.photos.map((photo) => photo.id) }));
    const body = { photos: Array.from(photos.values()), turns: told };
    await tried(async () => {
      const stored = (await (this.#takesBlobs ??= takesBlobs(this.#use))) ? body : await packBlobs(body);
      await setMany(
        [
          [`card:${kept.id}`, kept],
          [`body:${kept.id}`, stored],
        ],
        this.#use,
      );
    });
  }

  async remove(id: string): Promise<void> {
    await tried(() => delMany([`card:${id}`, `body:${id}`], this.#use));
  }

  async clear(): Promise<void> {
    await tried(() => clear(this.#use));
  }
}

function parseKept(value: unknown): Kept {
  const field = new Field(value, 'history: ', 'storage-failed');
  return {
    id: field.at('id').string(),
    title: field.at('title').string(),
    at: field.at('at').number(),
    turns: field.at('turns').integer(),
  };
}

function parsePhoto(field: Field): SavedPhoto {
  const blob = (name: string): Blob => {
    const { value } = field.at(name);
    return value instanceof Blob ? value : field.at(name).fail('must be a Blob');
  };
  return {
    id: field.at('id').string(),
    name: field.at('name').string(),
    file: blob('file'),
    preview: blob('preview'),
    width: field.at('width').integer(1),
    height: field.at('height').integer(1),
    clipSeconds: field.optional('clipSeconds')?.number() ?? null,
    part: parseOptional(field, 'part', parsePart),
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
