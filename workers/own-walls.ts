// Whether this worker's own walls hold. It begins to try them when it starts, and takes no picture before they are proven.

import { fail } from '../src/failure.ts';
import { prove } from '../src/policy/prove.ts';
import { openWalls, type WallReport } from '../src/policy/walls.ts';
import { trustScripts, type ScriptPolicy, type TrustScript } from '../src/policy/trusted-types.ts';
import { trialScripts, workerAttempts } from '../src/policy/worker-attempts.ts';

/** The build puts workers into a folder beside it. */
const notAWorker = (): string => new URL('../not-a-worker.js', self.location.href).href;

/** Trusts `scripts`, the exact addresses of what this worker starts, and what OwnWalls tries. To be called once. */
export function trustOwnScripts(
  scripts: readonly string[] = [],
  policy: ScriptPolicy = 'darkroom',
): TrustScript {
  return trustScripts(policy, [...scripts, ...trialScripts(notAWorker())]);
}

export class OwnWalls {
  readonly #proven: Promise<WallReport>;

  constructor(trust: TrustScript) {
    // Firefox reports a stray worker that cannot start to the page too, in the form of a script that cannot be fetched:
    // the page has heard by then that this one runs.
    self.postMessage('started');
    this.#proven = prove(workerAttempts(notAWorker(), trust));
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
