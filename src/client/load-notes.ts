// A note in storage for as long as a model is being loaded or answers. A page that dies leaves its note behind,
// and the next visit then asks before it loads that model again, instead of dying of it at every visit.

export interface LoadNotes {
  /** Models that were at work when their page died, each reported once. Pages that still live do not count. */
  deaths(): Promise<string[]>;
  /** Notes that a model is at work; the result takes the note away. */
  begin(id: string): () => void;
}

export interface LoadNotesParts {
  /** Throws where the browser blocks it. */
  storage: () => Pick<Storage, 'length' | 'key' | 'getItem' | 'setItem' | 'removeItem'>;
  locks: Pick<LockManager, 'request' | 'query'> | undefined;
  /** Calls back when the page goes away as pages do: closed, reloaded, left. */
  onLeave: (callback: () => void) => void;
}

const PREFIX = 'darkroom.loading.';

/** One note per page: under a token whose Web Lock the page holds until it ends, however it ends. */
export class StoredLoadNotes implements LoadNotes {
  readonly #parts: LoadNotesParts;
  readonly #key = PREFIX + crypto.randomUUID();

  constructor(parts: LoadNotesParts) {
    this.#parts = parts;
    // Never settles. A page that may not lock (no secure context) counts as dead to others, and is asked about.
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
      // A storage that is blocked holds no notes.
      return [];
    }
  }

  begin(id: string): () => void {
    try {
      this.#parts.storage().setItem(this.#key, id);
    } catch {
      // Without storage nothing is noted, and nothing is asked.
    }
    return () => this.#remove(this.#key);
  }

  #remove(key: string): void {
    try {
      this.#parts.storage().removeItem(key);
    } catch {
      // As above.
    }
  }
}
