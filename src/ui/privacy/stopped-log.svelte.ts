// Collects the violations that the policy has stopped in the page and its workers since the page opened.

import { watchViolations } from '../../policy/violations.ts';
import { addViolation, parseViolation, realmOf, type StoppedList } from './stopped.ts';
import type { Realm } from './walls.svelte.ts';

export class StoppedLog {
  #list = $state.raw<StoppedList>({ entries: [], others: 0 });

  get list(): StoppedList {
    return this.#list;
  }

  /** Watches the page itself. `tried` settles when the page has tested its walls. */
  watchPage(tried: Promise<unknown>): void {
    const here = document.baseURI;
    watchViolations((violation) => (this.#list = addViolation(this.#list, 'page', violation, here)), tried);
  }

  /** Also collects the violations that this worker reports (src/session/report-violations.ts). */
  hear(realm: Realm, worker: Worker): Worker {
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const violation = parseViolation(data);
      if (violation !== undefined)
        this.#list = addViolation(this.#list, realmOf(data, realm), violation, document.baseURI);
    });
    return worker;
  }
}
