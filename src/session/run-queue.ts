// The queue of a worker's runs. Each run has a name by which it can be stopped while it waits or runs. A failed run
// does not affect the others.

import type { RunId } from '../contract/inference.ts';
import { outcome, type Outcome } from '../failure.ts';

export class RunQueue {
  readonly #isSerial: boolean;
  #tail: Promise<unknown> = Promise.resolve();
  readonly #stops = new Map<RunId, AbortController>();

  /** 'serial': each run waits for the previous one. 'parallel': each begins at once. */
  constructor(order: 'serial' | 'parallel') {
    this.#isSerial = order === 'serial';
  }

  start<T>(id: RunId, job: (signal: AbortSignal) => Promise<T>): Promise<Outcome<T>> {
    const stop = new AbortController();
    this.#stops.set(id, stop);
    const run = this.#turn().then(() =>
      outcome(() => {
        stop.signal.throwIfAborted();
        return job(stop.signal);
      }),
    );
    this.#tail = run;
    return run.finally(() => this.#stops.delete(id));
  }

  /** Stops a run. An unknown or finished run is ignored. */
  cancel(id: RunId): void {
    this.#stops.get(id)?.abort();
  }

  #turn(): Promise<unknown> {
    return this.#isSerial ? this.#tail : Promise.resolve();
  }
}
