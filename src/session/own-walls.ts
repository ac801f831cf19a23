// Determines whether this worker's own walls hold. The worker begins to try them when it starts, and accepts no picture
// until they are proven.

import { fail } from '../failure.ts';
import { prove } from '../policy/prove.ts';
import { openWalls, type WallReport } from '../policy/walls.ts';
import { trustScripts, type ScriptPolicy, type TrustScript } from '../policy/trusted-types.ts';
import { trialScripts, workerAttempts } from '../policy/worker-attempts.ts';

/** The build puts workers into a subfolder; not-a-worker.js lies in the folder above. */
const notAWorker = (): string => new URL('../not-a-worker.js', self.location.href).href;

/**
 * Trusts `scripts` (the exact addresses of the workers that this worker starts) and the addresses that OwnWalls tries.
 * A worker calls this once.
 */
export function trustOwnScripts(
  scripts: readonly string[] = [],
  policy: ScriptPolicy = 'darkroom',
): TrustScript {
  return trustScripts(policy, [...scripts, ...trialScripts(notAWorker())]);
}

export class OwnWalls {
  readonly #proven: Promise<WallReport>;

  constructor(trust: TrustScript) {
    // Firefox also reports the failed start of a stray worker to the page, in the same way as a script that cannot be
    // fetched. This message precedes that report, and shows the page that this worker itself was fetched.
    self.postMessage('started');
    this.#proven = prove(workerAttempts(notAWorker(), trust));
  }

  report(): Promise<WallReport> {
    return this.#proven;
  }

  /** Fails with 'unprotected', naming the walls that do not hold. */
  async demand(): Promise<void> {
    demandWalls(await this.#proven);
  }
}

/** Fails with 'unprotected', naming the walls that do not hold. */
export function demandWalls(report: WallReport): void {
  const open = openWalls(report);
  if (open.length > 0) fail('unprotected', `In this worker these walls do not hold: ${open.join(', ')}.`);
}
