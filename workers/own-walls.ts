// Whether this worker's own walls hold. It begins to try them when it starts, and takes no picture before they are proven.

import { fail } from '../src/failure.ts';
import { prove } from '../src/policy/prove.ts';
import { openWalls, type WallReport } from '../src/policy/walls.ts';
import { workerAttempts } from '../src/policy/worker-attempts.ts';

export class OwnWalls {
  readonly #proven: Promise<WallReport>;

  constructor() {
    // Firefox reports a stray worker that cannot start to the page too, in the form of a script that cannot be fetched:
    // the page has heard by then that this one runs.
    self.postMessage('started');
    // The build puts workers into a folder beside it.
    this.#proven = prove(workerAttempts(new URL('../not-a-worker.js', self.location.href).href));
  }

  report(): Promise<WallReport> {
    return this.#proven;
  }

  /** Fails with 'unprotected', naming the walls that do not hold. */
  async demand(): Promise<void> {
    const open = openWalls(await this.#proven);
    if (open.length > 0) fail('unprotected', `In this worker these walls do not hold: ${open.join(', ')}.`);
  }
}
