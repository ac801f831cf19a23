// The processor engine's kernels in Node, with threads of worker_threads.

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

/** More threads than this wait for memory. */
const MAX_THREADS = 8;

/** One thread per core, up to MAX_THREADS. */
export function defaultThreads(): number {
  return Math.min(MAX_THREADS, availableParallelism());
}

/**
 * Opens kernels that run on `threads` threads, one of which is the caller's own. The caller disposes of them, which
 * ends the other threads. Fails with 'not-loaded', 'worker-died' or 'out-of-memory'.
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
