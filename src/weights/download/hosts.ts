// Decides from which hosts files may come. The browser follows redirects, so the check looks at the final address of
// the response. If no hosts are named, the first other host is pinned and is then the only one allowed.

import { fail } from '../../failure.ts';

export class Hosts {
  readonly #own: string;
  readonly #named: ReadonlySet<string> | undefined;
  readonly #onPin: (origin: string) => void;
  #pinned: string | undefined;

  /** `named`: the allowed hosts besides that of `url`. `pinned`: the host that an earlier visit pinned. */
  constructor(
    url: string,
    { named, pinned, onPin }: { named?: string[]; pinned?: string; onPin?: (origin: string) => void } = {},
  ) {
    this.#own = new URL(url).origin;
    this.#named = named && new Set(named.map((host) => new URL(host).origin));
    this.#pinned = pinned;
    this.#onPin = onPin ?? (() => undefined);
  }

  /** Fails with 'redirected' if the response came from a host that is not allowed. */
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
