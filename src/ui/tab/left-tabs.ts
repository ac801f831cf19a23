// Handles the contents of tabs that are gone: erases those of closed tabs, and finds the latest tab that a killed
// browser left.

import { attempt } from './attempt.ts';
import type { TabPresence } from './tab-presence.ts';
import type { TabGlance, TabStore } from './tab-store.ts';

/** The user may return to a page that was left. After this time, its tab counts as closed. */
const CLOSED_AFTER_MS = 15 * 60_000;
/** How long the contents of a tab are offered after the browser was killed. */
const OFFERED_FOR_MS = 7 * 24 * 3600_000;

interface Parts {
  store: Pick<TabStore, 'tabs' | 'glance' | 'erase'>;
  presence: Pick<TabPresence, 'living' | 'leftAt' | 'forget'>;
}

export class LeftTabs {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Erases the contents of closed tabs. Returns the latest tab that a killed browser left, or null. `own`: this tab.
   */
  async sweep(own: string | undefined): Promise<TabGlance | null> {
    const { store, presence } = this.#parts;
    const left: TabGlance[] = [];
    await attempt(async () => {
      const living = await presence.living();
      if (living === undefined) return;
      const now = Date.now();
      for (const tab of (await store.tabs()).filter((tab) => tab !== own && !living.has(tab))) {
        const glance = await store.glance(tab);
        const leftAt = glance === undefined ? null : presence.leftAt(tab, glance.page);
        if (glance === undefined || now - glance.at > OFFERED_FOR_MS) await this.forget(tab);
        else if (leftAt === null) left.push(glance);
        else if (now - leftAt > CLOSED_AFTER_MS) await this.forget(tab);
      }
    });
    return left.sort((a, b) => b.at - a.at)[0] ?? null;
  }

  async forget(tab: string): Promise<void> {
    await attempt(() => this.#parts.store.erase(tab));
    this.#parts.presence.forget(tab);
  }
}
