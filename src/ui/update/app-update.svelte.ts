// A newer version of the app: offered when it lies ready, taken when somebody says so, and the conversation
// goes on in it. Nobody who says nothing is interrupted: it waits until no page uses the old one.

import type { AppCache } from '../../client/app-cache.ts';
import type { History } from '../history/history.svelte.ts';

export class AppUpdate {
  readonly #cache: Pick<AppCache, 'onUpdate' | 'takeOver'>;
  readonly #history: Pick<History, 'carry'>;
  #isOffered = $state(false);

  constructor(cache: Pick<AppCache, 'onUpdate' | 'takeOver'>, history: Pick<History, 'carry'>) {
    this.#cache = cache;
    this.#history = history;
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

  /** The page starts anew; a conversation that cannot be carried over keeps it as it is. */
  async take(): Promise<void> {
    if (await this.#history.carry()) await this.#cache.takeOver();
  }
}
