// Measures the peak memory of a browser's processes, as Linux counts it.

import type { Page } from '@playwright/test';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkerSession } from '../tests/soak/worker-session.ts';

/** The peak resident size of any process of this type in the browser with this profile; Linux only. */
export function peakResident(profile: string, type: 'renderer' | 'gpu-process'): number | undefined {
  const peaks = statuses(profile, type).map((status) => Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
  return peaks.length === 0 ? undefined : 1024 * Math.max(...peaks);
}

/** Resets the peaks that `peakResident` returns. */
export function forgetPeaks(profile: string, type: 'renderer' | 'gpu-process'): void {
  for (const pid of processes(profile, type)) writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** /proc/<pid>/status of each process of this type with this profile. */
function statuses(profile: string, type: 'renderer' | 'gpu-process'): string[] {
  return processFiles(profile, type, 'status');
}

/** The contents of /proc/<pid>/<file> for each process of this type with this profile. */
export function processFiles(
  profile: string,
  type: 'renderer' | 'gpu-process',
  file: 'status' | 'stat',
): string[] {
  try {
    return processes(profile, type).map((pid) => readFileSync(`/proc/${pid}/${file}`, 'utf8'));
  } catch {
    // A process ended in the meantime, or the system has no /proc.
    return [];
  }
}

/** The ids of the browser's processes of this type. */
function processes(profile: string, type: 'renderer' | 'gpu-process'): string[] {
  return readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
    return command.includes(profile) && command.includes(`--type=${type}`);
  });
}

/**
 * Watches the pages' memory that is not shared with other processes. It contains heaps, but no data in transfer to the
 * GPU. The returned function stops the watch and returns the peak in bytes. Linux only.
 */
export function watchHeaps(profile: string): () => number {
  let peak = 0;
  const timer = setInterval(() => {
    for (const status of statuses(profile, 'renderer')) {
      peak = Math.max(peak, 1024 * Number(/RssAnon:\s+(\d+) kB/.exec(status)?.[1] ?? 0));
    }
  }, 50);
  return () => {
    clearInterval(timer);
    return peak;
  };
}

/**
 * Like watchHeaps, but watches the heaps of the page's workers, buffers included, as the JavaScript engine counts them.
 */
export async function watchWorkers(page: Page): Promise<() => number> {
  const session = await page.context().newCDPSession(page);
  let peak = 0;
  let isOver = false;
  const watch = async (worker: WorkerSession): Promise<void> => {
    while (!isOver) {
      peak = Math.max(peak, await worker.heapAndBuffersBytes());
      await sleep(20);
    }
  };
  session.on('Target.attachedToTarget', ({ sessionId }) => void watch(new WorkerSession(session, sessionId)));
  await session.send('Target.setAutoAttach', {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  return () => {
    isOver = true;
    return peak;
  };
}

export function toldBytes(bytes: number | undefined): string {
  return bytes === undefined ? 'not known here' : `${(bytes / 1e6).toFixed(0)} MB`;
}
