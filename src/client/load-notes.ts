// A note in storage that exists while a model is being loaded or answers. If the page dies, its note stays; the
// next visit then asks before it loads that model again, instead of dying at every visit.

export interface LoadNotes {
  /**
   * Models that were loading or answering when their page died, each reported once. Pages that are still open
   * do not count.
   */
  deaths(): Promise<string[]>;
  /** Notes that a model is loading or answering; the returned function removes the note. */
  begin(id: string): () => void;
}

export interface LoadNotesParts {
  /** Throws if the browser blocks storage. */
  storage: () => Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;
  locks: Pick<LockManager, 'request' | 'query'> | undefined;
  /** Calls `callback` when the page ends normally: closed, reloaded, left. */
  onLeave: (callback: () => void) => void;
}

const PREFIX = 'darkroom.loading.';

/**
 * One note per page. Its key is also the name of a Web Lock, which the page holds until it ends, in whatever
 * way.
 */
export class StoredLoadNotes implements LoadNotes {
  readonly #parts: LoadNotesParts;
  readonly #key = PREFIX + crypto.randomUUID();

  constructor(parts: LoadNotesParts) {
    this.#parts = parts;
    // This lock is never released by the page. A page without locks (no secure context) counts as dead to other
    // pages, and the user is asked about its model.
    parts.locks?.request(this.#key, () => new Promise<never>(() => undefined)).catch(() => undefined);
    parts.onLeave(() => this.#remove(this.#key));
  }

  async deaths(): Promise<string[]> {
    try {
      const { locks } = this.#parts;
      const storage = this.#parts.storage();
      const held = (await locks?.query())?.held ?? [];
      const alive = new Set(held.map(({ name }) => name));
      const keys = Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '');
      const left = keys.filter((key) => key.startsWith(PREFIX) && key !== this.#key && !alive.has(key));
      return left.flatMap((key) => {
        const id = storage.getItem(key);
        storage.removeItem(key);
        return id === null ? [] : [id];
      });
    } catch {
      // A blocked storage holds no notes.
      return [];
    }
  }

  begin(id: string): () => void {
    try {
      this.#parts.storage().setItem(this.#key, id);
    } catch {
      // Without storage there is no note, and no later visit asks.
    }
    return () => this.#remove(this.#key);
  }

  #remove(key: string): void {
    try {
      this.#parts.storage().removeItem(key);
    } catch {
      // A blocked storage holds no note that could be removed.
    }
  }
}
