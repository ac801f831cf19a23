// Offers a reload when the page needs one: a newer version of the app is ready, another tab has activated a newer
// version, or a file of this version is gone from the site. The page reloads only if the user accepts; afterwards, the
// conversation continues.

import type { AppCache } from '../../client/app-cache.ts';
import type { KeptTab } from '../tab/kept-tab.svelte.ts';
import type { MissingParts } from './missing-parts.svelte.ts';

/**
 * 'ready': a newer version waits. 'replaced': another tab has activated a newer version. 'missing': a file of this
 * version is gone.
 */
export type Offer = 'ready' | 'replaced' | 'missing';

interface AppUpdateParts {
  cache: Pick<AppCache, 'onUpdate' | 'onReplaced' | 'takeOver'>;
  kept: Pick<KeptTab, 'flush'>;
  missing: MissingParts;
  /** The page's own address. */
  address: string;
}

export class AppUpdate {
  readonly #parts: AppUpdateParts;
  #found = $state<'ready' | 'replaced' | null>(null);
  #isLater = $state(false);
  #hasNoNetwork = $state(false);
  #isTaken = false;

  constructor(parts: AppUpdateParts) {
    this.#parts = parts;
    parts.cache.onReplaced(() => {
      // If this tab activated the newer version, `take` is already reloading it.
      if (!this.#isTaken) this.#find('replaced');
    });
  }

  get offer(): Offer | null {
    if (this.#parts.missing.areMissing) return 'missing';
    return this.#isLater ? null : this.#found;
  }

  /** Whether the latest attempt to reload ended because the site did not answer. */
  get hasNoNetwork(): boolean {
    return this.#hasNoNetwork;
  }

  /** Watches for a newer version. Settles when there is a service worker. */
  watch(): Promise<void> {
    return this.#parts.cache.onUpdate(() => this.#find('ready'));
  }

  later(): void {
    this.#isLater = true;
  }

  /** Reloads the page, unless its conversation cannot be stored or the site does not answer. */
  async take(): Promise<void> {
    const { cache, kept, address } = this.#parts;
    const { offer } = this;
    this.#hasNoNetwork = offer !== 'ready' && !(await answers(address));
    if (this.#hasNoNetwork || !(await kept.flush())) return;
    this.#isTaken = true;
    await cache.takeOver();
    location.reload();
  }

  #find(offer: 'ready' | 'replaced'): void {
    this.#found = offer;
    this.#isLater = false;
  }
}

/** Whether a reload would succeed. A response from the service worker's cache counts, too. */
async function answers(address: string): Promise<boolean> {
  const response = await fetch(address, { method: 'GET', cache: 'no-cache' }).catch(() => undefined);
  return response?.ok === true;
}
