// Notes in storage, each of which exists while a model is being loaded or answers. If the page dies, its note stays.
// The next visit then asks the user before it loads that model again, so that the page does not die at every visit.

export interface LoadNotes {
  /**
   * The models that were loading or answering when their page died. Each death is reported once. Pages that are still
   * open do not count as dead.
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
 * One note per page. The note's key is also the name of a Web Lock, which the page holds until it ends for whatever
 * reason.
 */
export class StoredLoadNotes implements LoadNotes {
  readonly #parts: LoadNotesParts;
  readonly #key = PREFIX + crypto.randomUUID();

  constructor(parts: LoadNotesParts) {
    this.#parts = parts;
    // This page never releases the lock. If a browser has no locks (no secure context), this page counts as dead to
    // other pages, and they ask the user about its model.
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
      // Without storage there is no note, and the next visit does not ask.
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
