// Opens the kernels on as many threads of a browser as help, or on one thread if the page may start no others.

import { Failure, type FailureCode } from '../failure.ts';
import { Kernels, type SpawnThread } from '../kernels/kernels.ts';

/** Whose memory the kernels are compiled for: memory that threads share, or memory of one thread. */
export type KernelMemory = 'shared' | 'own';

/** Failures of several threads after which one thread with its own memory may still work. */
const ONE_INSTEAD: ReadonlySet<FailureCode> = new Set(['worker-died', 'out-of-memory']);

const MOST = 8;

/**
 * The threads that help on `processors` logical processors. Often two of them share one core, and others are slow
 * cores that the fast ones would wait for, so half of them are enough. The rest is for the page and the system.
 */
export function usefulThreads(processors: number): number {
  if (processors <= 2) return Math.max(1, processors);
  return Math.min(MOST, Math.max(Math.min(3, processors - 1), Math.floor(processors / 2)));
}

/** Which module this page needs. Only a cross-origin isolated page can share memory with its threads. */
export function usefulMemory(): KernelMemory {
  const isShared = self.crossOriginIsolated && typeof SharedArrayBuffer === 'function';
  return isShared && usefulThreads(navigator.hardwareConcurrency) > 1 ? 'shared' : 'own';
}

/**
 * Reserves address space for at least `leastBytes`, if the browser has it. Fails as `module` does, or with
 * 'out-of-memory' if there is no memory even for one thread.
 */
export async function openOnThreads(
  module: (memory: KernelMemory) => Promise<WebAssembly.Module>,
  spawn: SpawnThread,
  leastBytes: number,
): Promise<Kernels> {
  if (usefulMemory() === 'shared') {
    const options = { module: await module('shared'), threads: usefulThreads(navigator.hardwareConcurrency) };
    try {
      return await Kernels.open({ ...options, spawn, leastBytes });
    } catch (error) {
      if (!(error instanceof Failure) || !ONE_INSTEAD.has(error.code)) throw error;
    }
  }
  return Kernels.open({ module: await module('own'), threads: 1 });
}
