// The processor engine's kernels in Node: compiled on demand, with threads of worker_threads.

import { Worker } from 'node:worker_threads';
import { compileKernels } from '../../build/compile-kernels.ts';
import { Kernels, type SpawnThread } from '../../../src/kernels/kernels.ts';

/** Opens kernels with so many threads, the calling one among them. The caller disposes of them. */
export async function openKernels(threads = 1): Promise<Kernels> {
  const binary = compileKernels(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compile(binary), threads, spawn });
}

/** Node's threads do not take over the loader that translates TypeScript, so each asks for it itself. */
const THREAD = `import(${JSON.stringify(import.meta.resolve('tsx/esm/api'))}).then(({ tsImport }) =>
  tsImport(${JSON.stringify(new URL('kernel-thread.ts', import.meta.url).href)}, ${JSON.stringify(import.meta.url)}),
)`;

/** Threads do not keep the process alive. */
const spawn: SpawnThread = (start) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(THREAD, { eval: true, workerData: start, execArgv: [] });
    worker.unref();
    worker.once('error', reject);
    worker.once('message', () => resolve(() => void worker.terminate()));
  });
