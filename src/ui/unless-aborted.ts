// Waiting that can be given up while the job itself goes on.

import type { Outcome } from '../failure.ts';

/** 'stopped' as soon as `signal` aborts; the job is left alone. */
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
