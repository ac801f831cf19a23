// The one file that knows IndexedDB. Keys are lists, so that everything of a model lies under one
// prefix; a change is one transaction, whole or not at all. Files are kept as Blobs: reading a slice of
// one moves only that slice.

import { createStore, promisifyRequest, type UseStore } from 'idb-keyval';
import { fail } from '../../failure.ts';

export type Key = [kind: string, ...rest: (string | number)[]];

export interface Change {
  /** Stored as Blobs. */
  files?: [Key, Uint8Array<ArrayBuffer>][];
  records?: [Key, unknown][];
  gone?: Key[];
  /** Everything whose key begins so. */
  goneUnder?: Key[];
}

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 200;

export class Database {
  readonly #use: UseStore;

  constructor(name = 'darkroom-weights') {
    this.#use = createStore(name, 'entries');
  }

  /** The value, unknown as it is; undefined where there is none. */
  get(key: Key): Promise<unknown> {
    return this.#read<unknown>((store) => store.get(key));
  }

  /** A stored file; holding the Blob costs no memory. */
  async file(key: Key): Promise<Blob | undefined> {
    const value = await this.get(key);
    return value instanceof Blob ? value : undefined;
  }

  /** Keys and values under a prefix, in the order of their keys. */
  async under(prefix: Key): Promise<[Key, unknown][]> {
    const range = rangeOf(prefix);
    const [keys, values] = await this.#attempt(() =>
      this.#use('readonly', (store) =>
        Promise.all([promisifyRequest(store.getAllKeys(range)), promisifyRequest(store.getAll(range))]),
      ),
    );
    return keys.map((key, index) => [parseKey(key), values[index]]);
  }

  async keysUnder(prefix: Key): Promise<Key[]> {
    return (await this.#read((store) => store.getAllKeys(rangeOf(prefix)))).map(parseKey);
  }

  /**
   * One transaction. Fails with 'storage-full' or 'storage-failed', and has then changed nothing.
   * Now and then a fresh profile refuses a new Blob (DataError, "InvalidBlob"): the Blob is built anew
   * and tried again.
   */
  async change({ files = [], records = [], gone = [], goneUnder = [] }: Change): Promise<void> {
    await this.#attempt(() =>
      this.#use('readwrite', (store) => {
        for (const prefix of goneUnder) store.delete(rangeOf(prefix));
        for (const key of gone) store.delete(key);
        for (const [key, bytes] of files) store.put(new Blob([bytes]), key);
        for (const [key, value] of records) store.put(value, key);
        return promisifyRequest(store.transaction);
      }),
    );
  }

  #read<T>(request: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return this.#attempt(() => this.#use('readonly', (store) => promisifyRequest(request(store))));
  }

  /** Tries again what may pass; a full disk does not. */
  async #attempt<T>(job: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await job();
      } catch (cause) {
        const { name, text } = told(cause);
        // The message is empty in Chromium: what is needed is told by those who know it.
        if (name === 'QuotaExceededError') fail('storage-full', 'The browser has no room left.', cause);
        if (attempt === ATTEMPTS) fail('storage-failed', `The browser’s storage refused: ${text}`, cause);
        await new Promise((later) => setTimeout(later, FIRST_WAIT_MS * attempt));
      }
    }
  }
}

/** All keys that begin with `prefix`: a list sorts after every string and number. */
function rangeOf(prefix: Key): IDBKeyRange {
  return IDBKeyRange.bound(prefix, [...prefix, []]);
}

function parseKey(key: IDBValidKey): Key {
  if (!Array.isArray(key)) fail('storage-failed', 'The storage holds a key that is not a list.');
  const [kind, ...rest] = key.map((part) =>
    typeof part === 'string' || typeof part === 'number'
      ? part
      : fail('storage-failed', 'The storage holds a key of an unknown kind.'),
  );
  return [String(kind), ...rest];
}

/** An aborted transaction may have no error at all. */
function told(cause: unknown): { name: string; text: string } {
  if (!(cause instanceof Error)) return { name: '', text: 'the transaction was aborted.' };
  return { name: cause.name, text: `${cause.name} ${cause.message}`.trim() };
}
