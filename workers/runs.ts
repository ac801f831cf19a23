// The runs of a worker, one after the other. Each has a name by which it can be stopped while it waits or runs.
// A run that fails does not affect the next.

import type { RunId } from '../src/contract/inference.ts';
import { outcome, type Outcome } from '../src/failure.ts';

export class Runs {
  #tail: Promise<unknown> = Promise.resolve();
  readonly #stops = new Map<RunId, AbortController>();

  start<T>(id: RunId, job: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    const run = this.#tail.then(() =>
      outcome(() => {
        stop.signal.throwIfAborted();
        return job(stop.signal);
      }),
    );
    this.#tail = run;
    return run.finally(() => this.#stops.delete(id));
  }

  /** Unknown and finished runs are ignored. */
  cancel(id: RunId): void {
    this.#stops.get(id)?.abort();
  }
}
