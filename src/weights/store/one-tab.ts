// Only one tab at a time works on a model; the others receive its events and wait. The browser releases a Web
// Lock whenever its tab ends, and the next tab in line then takes over.

import type { WeightsEvent } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';

const lockName = (id: string): string => `darkroom-weights:${id}`;

/**
 * Runs `job` once no other tab is working on model `id`. Until then, passes on the events of the tab that is. Events of
 * `job` go to `emit` and to all other tabs.
 */
export async function alone<T>(
  id: string,
  emit: (event: WeightsEvent) => void,
  signal: AbortSignal,
  job: (emit: (event: WeightsEvent) => void) => Promise<T>,
): Promise<T> {
  if (!(await canBeAlone())) return job(emit);
  const channel = new BroadcastChannel(lockName(id));
  const hear = ({ data }: MessageEvent<WeightsEvent>): void => emit(data);
  const run = (): Promise<T> => {
    channel.removeEventListener('message', hear);
    return job((event) => {
      emit(event);
      channel.postMessage(event);
    });
  };
  try {
    // The result is undefined if another tab holds the lock. The job's own result is wrapped, because it may be
    // undefined, too.
    const first = await navigator.locks.request(lockName(id), { ifAvailable: true }, async (lock) =>
      lock === null ? undefined : { value: await run() },
    );
    if (first) return first.value;
    emit({ kind: 'following' });
    channel.addEventListener('message', hear);
    return await navigator.locks.request(lockName(id), { signal }, run);
  } finally {
    channel.close();
  }
}

/** Runs `job` if no tab is working on the model; fails with 'busy' otherwise. */
export async function ifFree<T>(id: string, job: () => Promise<T>): Promise<T> {
  if (!(await canBeAlone())) return job();
  return navigator.locks.request(lockName(id), { ifAvailable: true }, (lock) =>
    lock === null ? fail('busy', `Another tab is at work on ${id}.`) : job(),
  );
}

/**
 * Whether locks and channels are available. A browser that stores nothing for a site refuses them, too, but then its
 * tabs share no storage.
 */
async function canBeAlone(): Promise<boolean> {
  try {
    new BroadcastChannel(lockName('')).close();
    await navigator.locks.request(lockName(''), { mode: 'shared' }, () => undefined);
    return true;
  } catch {
    return false;
  }
}
