// Identifies this tab across reloads, and finds the other open tabs. A tab's id is in its session storage, which the
// browser keeps through a reload, Back and a restored session. Each open tab holds a lock under its id.

import type { Remembered } from '../kit/remembered.ts';
import type { TabMemory } from '../kit/tab-memory.ts';

const TAB = 'darkroom-tab';
const LEFT = 'left:';
/**
 * How long to wait for the lock. If a page before a reload holds it, it is released soon; if another tab has this id,
 * it never is.
 */
const CLAIM_WITHIN_MS = 5000;

export class TabPresence {
  readonly #tab: TabMemory;
  readonly #site: Remembered;
  /** The id of this page. After a reload or Back, the page has a different one. */
  readonly page = crypto.randomUUID();
  #release: () => void = () => undefined;

  /** `tab`: the memory of this tab. `site`: the memory that all tabs share. */
  constructor(tab: TabMemory, site: Remembered) {
    this.#tab = tab;
    this.#site = site;
  }

  /** The id that an earlier page of this tab had; null in a new tab. */
  get earlier(): string | null {
    return this.#tab.getItem(TAB);
  }

  /** Takes the id `wished`. If another open tab has that id, this tab is a copy of it, and takes a new id. */
  async claim(wished: string | null): Promise<string> {
    if (wished !== null && (await this.#hold(wished, { signal: AbortSignal.timeout(CLAIM_WITHIN_MS) }))) {
      return wished;
    }
    const id = crypto.randomUUID();
    await this.#hold(id, {});
    return id;
  }

  /** Makes this tab continue as the tab `id`. Returns false if that tab is open. */
  takeOver(id: string): Promise<boolean> {
    return this.#hold(id, { ifAvailable: true });
  }

  /** The ids of open tabs; undefined if this browser has no Web Locks API. */
  async living(): Promise<ReadonlySet<string> | undefined> {
    if (!('locks' in navigator)) return undefined;
    const { held = [], pending = [] } = await navigator.locks.query();
    return new Set([...held, ...pending].flatMap(({ name }) => name?.split(`${TAB}:`)[1] ?? []));
  }

  /** Records that the user leaves this page, by closing the tab or by navigating to another page. */
  leave(now: number): void {
    const id = this.earlier;
    if (id !== null) this.#site.set(LEFT + id, `${now} ${this.page}`);
  }

  /**
   * The time at which the user left the page `page` of the tab `id`, in milliseconds since 1970; null if the page was
   * killed. A note that an earlier page of the tab made does not count: if the browser is killed soon after Back, it
   * may not have stored that the note was removed.
   */
  leftAt(id: string, page: string): number | null {
    const [at, left] = this.#site.get(LEFT + id)?.split(' ') ?? [];
    return left === page ? Number(at) : null;
  }

  forget(id: string): void {
    this.#site.set(LEFT + id, null);
  }

  /** Takes the lock of `id`, and releases the lock held so far. Returns false if the lock is not available. */
  async #hold(id: string, options: LockOptions): Promise<boolean> {
    const held = !('locks' in navigator) || (await this.#lock(`${TAB}:${id}`, options));
    if (!held) return false;
    this.#tab.setItem(TAB, id);
    this.forget(id);
    return true;
  }

  #lock(name: string, options: LockOptions): Promise<boolean> {
    return new Promise((resolve) => {
      const asked = navigator.locks.request(name, options, (lock) => {
        if (lock === null) {
          resolve(false);
          return undefined;
        }
        this.#release();
        const over = new Promise<void>((release) => (this.#release = release));
        resolve(true);
        return over;
      });
      // The wait for the lock timed out.
      asked.catch(() => resolve(false));
    });
  }
}
