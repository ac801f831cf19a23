// Which hosts files may come from. Redirects are followed by the browser; what counts is where the
// answer came from in the end. A host that nobody named is kept the first time, and then is the only one.

import { fail } from '../../failure.ts';

export class Hosts {
  readonly #own: string;
  readonly #named: ReadonlySet<string> | undefined;
  readonly #onPin: (origin: string) => void;
  #pinned: string | undefined;

  /** `pinned`: the host kept on an earlier visit. */
  constructor(
    url: string,
    { named, pinned, onPin }: { named?: string[]; pinned?: string; onPin?: (origin: string) => void } = {},
  ) {
    this.#own = new URL(url).origin;
    this.#named = named && new Set(named.map((host) => new URL(host).origin));
    this.#pinned = pinned;
    this.#onPin = onPin ?? (() => undefined);
  }

  /** Fails with 'redirected' where the answer came from a host that is not among the allowed ones. */
  check(answerUrl: string): void {
    const { origin } = new URL(answerUrl);
    if (origin === this.#own || origin === this.#pinned) return;
    if (this.#named?.has(origin) === true) return;
    if (this.#named !== undefined || this.#pinned !== undefined) {
      fail('redirected', `${this.#own} sent on to ${origin}, which is not among the hosts allowed.`);
    }
    this.#pinned = origin;
    this.#onPin(origin);
  }
}
