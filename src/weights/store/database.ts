// The models' database; no other file of src/weights uses IndexedDB. Keys are lists, so that all entries of a model
// have one prefix; a change is one transaction, which takes effect completely or not at all. Files are stored as Blobs,
// because reading a slice of a Blob loads only that slice. A browser that stores no Blobs gets bytes instead. If the
// browser stores nothing, small models are held in memory.

import { promisifyRequest, type UseStore } from 'idb-keyval';
import type { HeldEntry } from '../../contract/held-entry.ts';
import { fail, Failure } from '../../failure.ts';
import { takesBlobs } from '../../storage/blobs.ts';
import { openStore } from '../../storage/open-store.ts';
import type { Change, Key } from './change.ts';
import { Held } from './held.ts';

type Bytes = Uint8Array<ArrayBuffer>;
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 200;
/** If storage does not answer within this time, the request is repeated a few times and then abandoned. */
const ANSWER_MS = 30_000;
const OPENING_MS = 10_000;
/** Errors that come from the browser's settings, so that repeating the request would not help. */
const FINAL: ReadonlySet<string> = new Set(['SecurityError', 'InvalidStateError', 'NotSupportedError']);
/** Marks a model that has files stored as bytes. */
const AS_BYTES = 'as-bytes';
const REFUSALS: ReadonlySet<string> = new Set(['storage-full', 'storage-failed']);

export class Database {
  readonly #use: UseStore;
  readonly #held = new Held();
  #opens: Promise<boolean> | undefined;
  #takesBlobs: Promise<boolean> | undefined;

  constructor(name = 'darkroom-weights') {
    this.#use = openStore(name, 'entries');
  }

  /** The stored value, not yet parsed; a file is a Blob. Returns undefined if there is none. */
  async get(key: Key): Promise<unknown> {
    const held = this.#held.get(key);
    if (held !== undefined || !(await this.#canOpen())) return held;
    return asBlob(await this.#read<unknown>((store) => store.get(key)));
  }

  /** A stored file. If the browser stores Blobs, holding one takes no memory. */
  async file(key: Key): Promise<Blob | undefined> {
    const value = await this.get(key);
    return value instanceof Blob ? value : undefined;
  }

  /** Keys and values under a prefix, in the order of their keys. */
  async under(prefix: Key): Promise<[Key, unknown][]> {
    const held = this.#held.under(prefix);
    if (!(await this.#canOpen())) return held;
    const range = rangeOf(prefix);
    const [keys, values] = await this.#attempt(() =>
      this.#use('readonly', (store) =>
        Promise.all([promisifyRequest(store.getAllKeys(range)), promisifyRequest(store.getAll(range))]),
      ),
    );
    return [...keys.map((key, index): HeldEntry => [parseKey(key), asBlob(values[index])]), ...held];
  }

  async keysUnder(prefix: Key): Promise<Key[]> {
    const held = this.#held.under(prefix).map(([key]) => key);
    if (!(await this.#canOpen())) return held;
    const kept = (await this.#read((store) => store.getAllKeys(rangeOf(prefix)))).map(parseKey);
    const names = new Set(kept.map((key) => JSON.stringify(key)));
    return [...kept, ...held.filter((key) => !names.has(JSON.stringify(key)))];
  }

  /**
   * Makes a change in one transaction. If it fails with 'storage-full' or 'storage-failed', nothing has changed. With
   * `orHold`, entries that storage refuses are held in memory instead.
   *
   * A fresh profile sometimes refuses a new Blob (DataError, "InvalidBlob"); then the Blob is built again and
   * the transaction repeated.
   */
  async change(change: Change, orHold = false): Promise<void> {
    try {
      await this.#write(change);
      this.#held.remove(change);
    } catch (error) {
      if (!orHold || !(error instanceof Failure) || !REFUSALS.has(error.code)) throw error;
      const { files = [], records = [], gone = [], goneUnder = [] } = change;
      this.#held.remove(change);
      this.#held.put([...files.map(([key, bytes]): HeldEntry => [key, new Blob([bytes])]), ...records]);
      // This deletion may fail, because an entry that stays in storage is overridden by the one held in memory.
      if (gone.length + goneUnder.length > 0) await this.#write({ gone, goneUnder }).catch(() => undefined);
    }
  }

  /** The entries of a model that this thread holds in memory. Another thread can take them over with `hold`. */
  held(id: string): HeldEntry[] {
    return this.#held.of(id);
  }

  hold(entries: readonly HeldEntry[]): void {
    this.#held.put(entries);
  }

  /**
   * Whether a model is available for this visit only: it is held in memory, or stored by a browser that stores no
   * Blobs, as WebKit does in private windows.
   */
  async isForThisVisit(id: string): Promise<boolean> {
    return this.#held.holds(id) || (await this.get([AS_BYTES, id])) !== undefined;
  }

  async #write({ files = [], records = [], gone = [], goneUnder = [] }: Change): Promise<void> {
    if (!(await this.#canOpen())) {
      if (files.length + records.length === 0) return;
      fail('storage-failed', 'The browser does not open its storage.');
    }
    const takesBlobs = files.length === 0 || (await this.#canTakeBlobs());
    const asFile = takesBlobs ? (bytes: Bytes) => new Blob([bytes]) : withoutBuffer;
    await this.#attempt(() =>
      this.#use('readwrite', (store) => {
        for (const prefix of goneUnder) store.delete(rangeOf(prefix));
        for (const key of gone) store.delete(key);
        for (const [key, bytes] of files) {
          store.put(asFile(bytes), key);
          if (!takesBlobs && key.length > 1) store.put(true, [AS_BYTES, key[1]!]);
        }
        for (const [key, value] of records) store.put(value, key);
        return promisifyRequest(store.transaction);
      }),
    );
  }

  /**
   * Whether storage opens. The first call finds out; later calls return the same result. `#canTakeBlobs` does the same
   * for Blobs.
   */
  #canOpen(): Promise<boolean> {
    const open = async (): Promise<unknown> =>
      this.#use('readonly', (store) => promisifyRequest(store.getKey('any')));
    this.#opens ??= this.#attempt(open, OPENING_MS).then(
      () => true,
      () => false,
    );
    return this.#opens;
  }

  #canTakeBlobs(): Promise<boolean> {
    return (this.#takesBlobs ??= takesBlobs(this.#use));
  }

  #read<T>(request: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    return this.#attempt(() => this.#use('readonly', (store) => promisifyRequest(request(store))));
  }

  /** Repeats a job that fails, except if the disk is full or the browser's settings forbid storage. */
  async #attempt<T>(job: () => Promise<T>, answerMs = ANSWER_MS): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await answered(job, answerMs);
      } catch (cause) {
        const { name, text } = described(cause);
        // Chromium's message is empty. The callers report the number of bytes that are needed.
        if (name === 'QuotaExceededError') fail('storage-full', 'The browser has no space left.', cause);
        if (attempt === ATTEMPTS || FINAL.has(name)) {
          fail('storage-failed', `The browser’s storage refused: ${text}`, cause);
        }
        await new Promise((later) => setTimeout(later, FIRST_WAIT_MS * attempt));
      }
    }
  }
}

/**
 * Rejects if there is no answer in time. WebKit's storage was seen not to answer while the previous page still used it.
 */
async function answered<T>(job: () => Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no answer within ${ms / 1000} s.`)), ms);
  });
  try {
    return await Promise.race([job(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Copies a view of a larger buffer, because storing the view would store the whole buffer. */
function withoutBuffer(bytes: Bytes): Bytes {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function asBlob(value: unknown): unknown {
  return value instanceof Uint8Array ? new Blob([value as Bytes]) : value;
}

/** All keys that begin with `prefix`; a list sorts after every string and number. */
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

/** An aborted transaction may have no error. */
function described(cause: unknown): { name: string; text: string } {
  if (!(cause instanceof Error)) return { name: '', text: 'the transaction was aborted.' };
  return { name: cause.name, text: `${cause.name} ${cause.message}`.trim() };
}
