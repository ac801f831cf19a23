// The processor engine's kernels in Node, which run on threads of worker_threads.

import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { loadedPart } from '../failure.ts';
import { Kernels, type SpawnThread } from '../kernels/kernels.ts';

/** Addresses of the files that the build makes from src/kernels. */
export interface KernelFiles {
  /** The kernels for memory of one thread. */
  own: URL;
  /** The kernels for memory that threads share. */
  shared: URL;
  /** The script of a thread, as JavaScript. */
  thread: URL;
}

/** With more threads than this, the threads would only wait for memory. */
const MAX_THREADS = 8;

/** Returns the number of cores, but MAX_THREADS at most. */
export function defaultThreads(): number {
  return Math.min(MAX_THREADS, availableParallelism());
}

/**
 * Opens kernels that run on `threads` threads, one of which is the caller's thread. The caller must dispose of them,
 * which ends the other threads. Fails with 'not-loaded', 'worker-died' or 'out-of-memory'.
 */
export async function openKernels(files: KernelFiles, threads: number): Promise<Kernels> {
  const binary = await loadedPart(readFile(threads > 1 ? files.shared : files.own));
  const module = await WebAssembly.compile(Uint8Array.from(binary));
  return Kernels.open({ module, threads, spawn: starterOf(files.thread) });
}

function starterOf(script: URL): SpawnThread {
  return (start) =>
    new Promise((resolve, reject) => {
      // Without execArgv, a thread would inherit loaders and other options that are meant for the program.
      const worker = new Worker(script, { workerData: start, execArgv: [] });
      worker.once('error', reject);
      worker.once('message', () => {
        // From here on, the thread does not keep the process alive.
        worker.unref();
        resolve(() => void worker.terminate());
      });
    });
}
