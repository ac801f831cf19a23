// Opens the processor engine's kernels in the worker of a test page.

import { Kernels } from '../../../src/kernels/kernels.ts';
import { KernelDownloads } from '../../../src/session/kernel-downloads.ts';
import { kernelFile } from '../../../src/session/kernel-files.ts';
import { spawnWith } from '../../../src/session/kernel-threads.ts';
import { readWith } from '../../../src/session/open-reader.ts';
import kernelScript from '../../../workers/kernel.worker.ts?worker&url';

const startWorker = (): Worker => new Worker(kernelScript, { type: 'module' });
const spawn = spawnWith(startWorker);

/** Starts a thread that reads experts, as the app does. */
export const openPageReader = readWith(startWorker);

/** `threads`: if omitted, as many as the app takes. The caller disposes of the kernels. */
export async function openPageKernels(threads?: number): Promise<Kernels> {
  if (threads === undefined) return new KernelDownloads(startWorker).open(0);
  const { url } = kernelFile(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compileStreaming(fetch(url)), threads, spawn });
}
