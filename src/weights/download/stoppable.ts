// Parallel runs, each with a name by which it can be stopped.

import type { RunId } from '../../contract/inference.ts';
import { outcome, type Outcome } from '../../failure.ts';

export class Stoppable {
  readonly #stops = new Map<RunId, AbortController>();

  start<T>(id: RunId, job: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    return outcome(() => job(stop.signal)).finally(() => this.#stops.delete(id));
  }

  /** Unknown and finished runs are ignored. */
  cancel(id: RunId): void {
    this.#stops.get(id)?.abort();
  }
}
