// When the page has to start anew: a newer version of the app lies ready, another tab had one take over, or a part
// of this version is gone. Each is offered, done when somebody says so, and the conversation goes on afterwards.
// Nobody who says nothing is interrupted.

import type { AppCache } from '../../client/app-cache.ts';
import type { KeptTab } from '../tab/kept-tab.svelte.ts';
import type { MissingParts } from './missing-parts.svelte.ts';

/** 'ready': a newer version waits. 'replaced': another tab has taken it. 'missing': a part of this one is gone. */
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
      // This tab's own doing reloads it.
      if (!this.#isTaken) this.#find('replaced');
    });
  }

  get offer(): Offer | null {
    if (this.#parts.missing.areMissing) return 'missing';
    return this.#isLater ? null : this.#found;
  }

  /** Whether it was tried to start anew, and the site did not answer. */
  get hasNoNetwork(): boolean {
    return this.#hasNoNetwork;
  }

  /** Looks out for a newer version; settles once there is a service worker. */
  watch(): Promise<void> {
    return this.#parts.cache.onUpdate(() => this.#find('ready'));
  }

  later(): void {
    this.#isLater = true;
  }

  /** The page starts anew; one that holds what cannot be stored stays as it is, and so does one whose site does not answer. */
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

/** Whether the page would come again; from the service worker's cache counts too. */
async function answers(address: string): Promise<boolean> {
  const response = await fetch(address, { method: 'GET', cache: 'no-cache' }).catch(() => undefined);
  return response?.ok === true;
}
