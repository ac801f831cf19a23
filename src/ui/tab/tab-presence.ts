// Which tab this is, over reloads, and which other tabs live. A tab's id stands in its session storage, which the
// browser keeps through a reload, Back and a restored session; a lock under that id is held while the tab lives.

import type { Remembered } from '../remembered.ts';
import type { TabMemory } from '../tab-memory.ts';

const TAB = 'darkroom-tab';
const LEFT = 'left:';
/** The page before a reload may hold the lock a little longer; a copy of the tab holds it for good. */
const CLAIM_WITHIN_MS = 5000;

export class TabPresence {
  readonly #tab: TabMemory;
  readonly #site: Remembered;
  /** This page; the one after a reload or Back is another. */
  readonly page = crypto.randomUUID();
  #release: () => void = () => undefined;

  /** `tab` is the memory of this tab, `site` that of all tabs. */
  constructor(tab: TabMemory, site: Remembered) {
    this.#tab = tab;
    this.#site = site;
  }

  /** The id that an earlier page of this tab had; null in a new tab. */
  get earlier(): string | null {
    return this.#tab.getItem(TAB);
  }

  /** Takes the id `wished`, or a new one if another tab that lives has it: this one was copied from it. */
  async claim(wished: string | null): Promise<string> {
    if (wished !== null && (await this.#hold(wished, { signal: AbortSignal.timeout(CLAIM_WITHIN_MS) }))) {
      return wished;
    }
    const id = crypto.randomUUID();
    await this.#hold(id, {});
    return id;
  }

  /** Goes on as the tab `id`; false if that one lives. */
  takeOver(id: string): Promise<boolean> {
    return this.#hold(id, { ifAvailable: true });
  }

  /** The ids of tabs that live; undefined if this browser does not tell. */
  async living(): Promise<ReadonlySet<string> | undefined> {
    if (!('locks' in navigator)) return undefined;
    const { held = [], pending = [] } = await navigator.locks.query();
    return new Set([...held, ...pending].flatMap(({ name }) => name?.split(`${TAB}:`)[1] ?? []));
  }

  /** Notes that this page of the tab is being left: the tab is closed, or goes to another page. */
  leave(now: number): void {
    const id = this.earlier;
    if (id !== null) this.#site.set(LEFT + id, `${now} ${this.page}`);
  }

  /**
   * When the page `page` of the tab was left; null if it was killed. A mark that an earlier page made does not count:
   * a browser that is killed soon after Back has not yet written down that the mark was taken away.
   */
  leftAt(id: string, page: string): number | null {
    const [at, left] = this.#site.get(LEFT + id)?.split(' ') ?? [];
    return left === page ? Number(at) : null;
  }

  forget(id: string): void {
    this.#site.set(LEFT + id, null);
  }

  /** Holds the lock of `id` in place of the one held so far. */
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
      // The wait for it ended.
      asked.catch(() => resolve(false));
    });
  }
}
