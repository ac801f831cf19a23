// A store of IndexedDB in which every value is sealed. The browser keeps the keys beside the values. Erasing deletes
// the keys first, so that any remains of the values on the disk are unreadable from then on.

import { clear, del, delMany, get, keys, promisifyRequest, setMany, type UseStore } from 'idb-keyval';
import { fail } from '../failure.ts';
import { takesBlobs, unpackBlobs } from './blobs.ts';
import { isSealed, makeKey, seal, unseal, type Sealed } from './sealed.ts';

/** The name of each stored key is either this word, or a list that begins with this word. */
const KEY = 'key';

export type KeyName = typeof KEY | [typeof KEY, ...string[]];

export function isKeyName(name: IDBValidKey): boolean {
  return name === KEY || (Array.isArray(name) && name[0] === KEY);
}

/** Each call rejects with the browser's own error, or with an error if a value cannot be unsealed. */
export class SealedStore<Name extends string | string[]> {
  readonly #use: UseStore;
  readonly #keyOf: (name: Name) => KeyName;
  readonly #isName: (name: IDBValidKey) => name is Name;
  #migrated: Promise<void> | undefined;
  #takesBlobs: Promise<boolean> | undefined;

  /**
   * `keyOf` returns the name of the key that seals the value of a given name. `isName` returns true for the name of
   * a value, and false for the name of a key.
   */
  constructor(use: UseStore, keyOf: (name: Name) => KeyName, isName: (name: IDBValidKey) => name is Name) {
    this.#use = use;
    this.#keyOf = keyOf;
    this.#isName = isName;
  }

  /** The names of all values. Values that an older version of the page stored unsealed are sealed first. */
  async names(): Promise<Name[]> {
    await (this.#migrated ??= this.#migrate().catch((error: unknown) => {
      this.#migrated = undefined;
      throw error;
    }));
    return this.#names();
  }

  /** Returns undefined if there is no such value. */
  async get(name: Name): Promise<unknown> {
    const value = await get<unknown>(name, this.#use);
    return isSealed(value) ? unseal(await this.#key(name), placeOf(name), value) : unpackBlobs(value);
  }

  /** Stores all values, or none of them. */
  async put(values: readonly [name: Name, value: unknown][]): Promise<void> {
    const keys = new Map<string, Promise<CryptoKey>>();
    const keyOf = (name: Name): Promise<CryptoKey> => {
      const place = placeOf(this.#keyOf(name));
      const key = keys.get(place) ?? this.#key(name);
      keys.set(place, key);
      return key;
    };
    const sealed = values.map(async ([name, value]): Promise<[Name, Sealed]> => {
      return [name, await this.#kept(await seal(await keyOf(name), placeOf(name), value))];
    });
    await setMany(await Promise.all(sealed), this.#use);
  }

  async remove(names: Name[]): Promise<void> {
    await delMany(names, this.#use);
  }

  async removeKey(name: KeyName): Promise<void> {
    await del(name, this.#use);
  }

  async clear(): Promise<void> {
    await delMany((await keys(this.#use)).filter(isKeyName), this.#use);
    await clear(this.#use);
  }

  async #names(): Promise<Name[]> {
    return (await keys(this.#use)).filter(this.#isName);
  }

  /** Seals unsealed values one after the other, because each may hold many pictures. */
  async #migrate(): Promise<void> {
    for (const name of await this.#names()) {
      const value = await get<unknown>(name, this.#use);
      if (value !== undefined && !isSealed(value)) await this.put([[name, unpackBlobs(value)]]);
    }
  }

  /** The value in a form that this browser can store: with bytes if it stores no Blobs. */
  async #kept(sealed: Sealed): Promise<Sealed> {
    if (!(sealed.data instanceof Blob)) return sealed;
    const takes = await (this.#takesBlobs ??= takesBlobs(this.#use));
    return takes ? sealed : { ...sealed, data: await sealed.data.arrayBuffer() };
  }

  /**
   * Reads the key from storage each time, and makes one if there is none. A remembered key could be wrong: another tab
   * may have erased it since the last call, and a value sealed with an erased key would be lost.
   */
  async #key(of: Name): Promise<CryptoKey> {
    const name = this.#keyOf(of);
    const stored = await get<unknown>(name, this.#use);
    if (stored instanceof CryptoKey) return stored;
    const fresh = await makeKey();
    const add = this.#use('readwrite', (store) => {
      store.add(fresh, name);
      return promisifyRequest(store.transaction);
    });
    // If another tab stored a key first, `add` fails and that key is used.
    await add.catch(() => undefined);
    const held = await get<unknown>(name, this.#use);
    return held instanceof CryptoKey ? held : fail('storage-failed', 'The browser keeps no keys.');
  }
}

function placeOf(name: string | string[]): string {
  return typeof name === 'string' ? name : JSON.stringify(name);
}
