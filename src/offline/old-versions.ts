// The caches of earlier versions of the app. When this version takes over, some open pages still belong to an earlier
// version and may need files that the host no longer has. The caches are kept until all these pages are closed.

/** The key in this version's cache under which those pages are listed. */
const NOTE = '.pages-of-older-versions';

export class OldVersions {
  readonly #clients: Clients;
  readonly #prefix: string;
  readonly #cacheName: string;
  readonly #note: string;

  /** The names of all versions' caches begin with `prefix`; `cacheName` is this version's. */
  constructor(clients: Clients, prefix: string, cacheName: string, scope: URL) {
    this.#clients = clients;
    this.#prefix = prefix;
    this.#cacheName = cacheName;
    this.#note = new URL(NOTE, scope).href;
  }

  /** Call this when this version takes over. */
  async notePages(): Promise<void> {
    const pages = await this.#clients.matchAll({ type: 'window', includeUncontrolled: true });
    const cache = await caches.open(this.#cacheName);
    await cache.put(this.#note, Response.json(pages.map(({ id }) => id)));
  }

  /** Returns the file that an older version has stored under this name, if any. */
  async find(address: string): Promise<Response | undefined> {
    for (const name of await this.#names()) {
      const kept = await (await caches.open(name)).match(address);
      if (kept !== undefined) return kept;
    }
    return undefined;
  }

  /** The addresses of all files that older versions have stored. */
  async files(): Promise<string[]> {
    const opened = await Promise.all((await this.#names()).map((name) => caches.open(name)));
    const kept = await Promise.all(opened.map((cache) => cache.keys()));
    return kept.flat().map(({ url }) => url);
  }

  /** Deletes the older caches, unless one of those pages is still open. */
  async dropUnused(): Promise<void> {
    const names = await this.#names();
    if (names.length === 0 || (await this.#hasPages())) return;
    await Promise.all(names.map((name) => caches.delete(name)));
  }

  async #names(): Promise<string[]> {
    const names = await caches.keys();
    return names.filter((name) => name.startsWith(this.#prefix) && name !== this.#cacheName);
  }

  async #hasPages(): Promise<boolean> {
    const noted = await (await caches.open(this.#cacheName)).match(this.#note);
    const ids: unknown = await noted?.json();
    if (!Array.isArray(ids)) return false;
    const pages = await Promise.all(ids.map((id) => this.#clients.get(String(id))));
    return pages.some((page) => page !== undefined);
  }
}
