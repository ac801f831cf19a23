// Identifies this tab across reloads, and finds the other open tabs. A tab's id is in its session storage, which the
// browser keeps through a reload, Back and a restored session. Each open tab holds a lock under its id.

import type { Remembered } from '../kit/remembered.ts';
import type { TabMemory } from '../kit/tab-memory.ts';

const TAB = 'darkroom-tab';
const LEFT = 'left:';
/** How long to wait for the lock. The page before a reload releases it soon; another tab with this id never does. */
const CLAIM_WITHIN_MS = 5000;

export class TabPresence {
  readonly #tab: TabMemory;
  readonly #site: Remembered;
  /** The id of this page; the page after a reload or Back has another. */
  readonly page = crypto.randomUUID();
  #release: () => void = () => undefined;

  /** `tab` is the memory of this tab, `site` the memory that all tabs share. */
  constructor(tab: TabMemory, site: Remembered) {
    this.#tab = tab;
    this.#site = site;
  }

  /** The id that an earlier page of this tab had; null in a new tab. */
  get earlier(): string | null {
    return this.#tab.getItem(TAB);
  }

  /** Takes the id `wished`, or a new one if another open tab has it: this tab is then a copy of that tab. */
  async claim(wished: string | null): Promise<string> {
    if (wished !== null && (await this.#hold(wished, { signal: AbortSignal.timeout(CLAIM_WITHIN_MS) }))) {
      return wished;
    }
    const id = crypto.randomUUID();
    await this.#hold(id, {});
    return id;
  }

  /** Continues as the tab `id`; returns false if that tab is open. */
  takeOver(id: string): Promise<boolean> {
    return this.#hold(id, { ifAvailable: true });
  }

  /** The ids of open tabs; undefined if this browser has no Web Locks API. */
  async living(): Promise<ReadonlySet<string> | undefined> {
    if (!('locks' in navigator)) return undefined;
    const { held = [], pending = [] } = await navigator.locks.query();
    return new Set([...held, ...pending].flatMap(({ name }) => name?.split(`${TAB}:`)[1] ?? []));
  }

  /** Records that the user leaves this page, by closing the tab or by going to another page. */
  leave(now: number): void {
    const id = this.earlier;
    if (id !== null) this.#site.set(LEFT + id, `${now} ${this.page}`);
  }

  /**
   * When the user left the page `page` of the tab `id`, in milliseconds since 1970; null if the page was killed. A note
   * that an earlier page made does not count: a browser that is killed soon after Back may not have saved its removal.
   */
  leftAt(id: string, page: string): number | null {
    const [at, left] = this.#site.get(LEFT + id)?.split(' ') ?? [];
    return left === page ? Number(at) : null;
  }

  forget(id: string): void {
    this.#site.set(LEFT + id, null);
  }

  /** Takes the lock of `id` and releases the lock held so far; returns false if it could not get the lock. */
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
