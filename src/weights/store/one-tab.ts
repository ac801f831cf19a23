// One tab at a time is at work on a model; the others hear its events and wait. A Web Lock is freed when
// its tab goes away, however it goes: the next one in line then takes over.

import type { WeightsEvent } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';

const lockName = (id: string): string => `darkroom-weights:${id}`;

/**
 * Runs `job` as the only one on model `id`. Until the others are done, hands on what they tell. What
 * `job` tells goes to `tell` and to all other tabs.
 */
export async function alone<T>(
  id: string,
  tell: (event: WeightsEvent) => void,
  signal: AbortSignal,
  job: (tell: (event: WeightsEvent) => void) => Promise<T>,
): Promise<T> {
  if (!(await canBeAlone())) return job(tell);
  const channel = new BroadcastChannel(lockName(id));
  const hear = ({ data }: MessageEvent<WeightsEvent>): void => tell(data);
  const run = (): Promise<T> => {
    channel.removeEventListener('message', hear);
    return job((event) => {
      tell(event);
      channel.postMessage(event);
    });
  };
  try {
    // Undefined where the lock is taken; the job's own result is wrapped, as it may be undefined too.
    const first = await navigator.locks.request(lockName(id), { ifAvailable: true }, async (lock) =>
      lock === null ? undefined : { value: await run() },
    );
    if (first) return first.value;
    tell({ kind: 'following' });
    channel.addEventListener('message', hear);
    return await navigator.locks.request(lockName(id), { signal }, run);
  } finally {
    channel.close();
  }
}

/** Runs `job` if no tab is at work on the model; fails with 'busy' otherwise. */
export async function ifFree<T>(id: string, job: () => Promise<T>): Promise<T> {
  if (!(await canBeAlone())) return job();
  return navigator.locks.request(lockName(id), { ifAvailable: true }, (lock) =>
    lock === null ? fail('busy', `Another tab is at work on ${id}.`) : job(),
  );
}

/** A browser that keeps nothing of a site refuses locks and channels too; then its tabs share nothing. */
async function canBeAlone(): Promise<boolean> {
  try {
    new BroadcastChannel(lockName('')).close();
    await navigator.locks.request(lockName(''), { mode: 'shared' }, () => undefined);
    return true;
  } catch {
    return false;
  }
}
