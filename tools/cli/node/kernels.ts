// Opens the processor engine's kernels in Node: compiles them on demand, and uses threads of worker_threads.

import { Worker } from 'node:worker_threads';
import { compileKernels } from '../../build/compile-kernels.ts';
import { Kernels, type SpawnThread } from '../../../src/kernels/kernels.ts';

/** Opens kernels that run on `threads` threads, one of which is the caller's thread. The caller disposes of them. */
export async function openKernels(threads = 1): Promise<Kernels> {
  const binary = compileKernels(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compile(binary), threads, spawn });
}

/** Node's threads do not inherit the loader that translates TypeScript, so each thread imports the loader. */
const THREAD = `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('kernel-thread.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}),
)`;

/** Starts a thread that does not keep the process alive. */
const spawn: SpawnThread = (start) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { eval: true, workerData: start, execArgv: [] });
    worker.unref();
    worker.once('error', reject);
    worker.once('message', () => resolve(() => void worker.terminate()));
  });
