// Lets a caller stop waiting for a job without stopping the job.

import type { Outcome } from '../../failure.ts';

/** The outcome of the job, or 'stopped' as soon as `signal` aborts. The job itself continues. */
export function unlessAborted<T>(signal: AbortSignal, job: Promise<Outcome<T>>): Promise<Outcome<T>> {
  return new Promise((resolve) => {
    const stop = (): void => resolve({ kind: 'stopped' });
    if (signal.aborted) {
      stop();
      return;
    }
    signal.addEventListener('abort', stop, { once: true });
    void job.then((outcome) => {
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    });
  });
}
