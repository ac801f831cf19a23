// A newer version of the app: offered when it lies ready, taken when somebody says so, and the conversation
// goes on in it. Nobody who says nothing is interrupted: it waits until no page uses the old one.

import type { AppCache } from '../../client/app-cache.ts';
import type { KeptTab } from '../tab/kept-tab.svelte.ts';

export class AppUpdate {
  readonly #cache: Pick<AppCache, 'onUpdate' | 'takeOver'>;
  readonly #kept: Pick<KeptTab, 'flush'>;
  #isOffered = $state(false);

  constructor(cache: Pick<AppCache, 'onUpdate' | 'takeOver'>, kept: Pick<KeptTab, 'flush'>) {
    this.#cache = cache;
    this.#kept = kept;
  }

  get isOffered(): boolean {
    return this.#isOffered;
  }

  watch(): Promise<void> {
    return this.#cache.onUpdate(() => (this.#isOffered = true));
  }

  later(): void {
    this.#isOffered = false;
  }

  /** The page starts anew; one that holds what cannot be stored stays as it is. */
  async take(): Promise<void> {
    if (await this.#kept.flush()) await this.#cache.takeOver();
  }
}
