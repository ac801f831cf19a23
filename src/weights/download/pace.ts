// How long a transfer may stay silent, how often it is attempted, and how long to wait between attempts.

export interface Pace {
  /** The length of silence after which a transfer counts as stalled. The total time has no limit. */
  stallMs: number;
  /** The largest number of consecutive attempts without progress. */
  attempts: number;
  firstWaitMs: number;
  longestWaitMs: number;
  /** The number of parallel fetches. */
  lanes: number;
}

export const PACE: Pace = { stallMs: 30_000, attempts: 6, firstWaitMs: 500, longestWaitMs: 30_000, lanes: 4 };

/**
 * The wait before the next attempt. It doubles with each attempt; its upper half is random, so that clients do not all
 * return at the same time.
 */
export function waitMs(pace: Pace, attempt: number, random: () => number): number {
  const most = Math.min(pace.longestWaitMs, pace.firstWaitMs * 2 ** (attempt - 1));
  return most * (0.5 + random() / 2);
}

/** Waits for `ms`. Rejects with the signal's reason if the signal aborts earlier. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
