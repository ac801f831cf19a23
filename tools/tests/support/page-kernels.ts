// Opens the processor engine's kernels in the worker of a test page.

import { Kernels } from '../../../src/kernels/kernels.ts';
import { KernelDownloads } from '../../../src/session/kernel-downloads.ts';
import { kernelFile } from '../../../src/session/kernel-files.ts';
import { spawnWith } from '../../../src/session/kernel-threads.ts';
import kernelScript from '../../../workers/kernel.worker.ts?worker&url';

const spawn = spawnWith(() => new Worker(kernelScript, { type: 'module' }));

/** `threads`: if omitted, as many as the app takes. The caller disposes of the kernels. */
export async function openPageKernels(threads?: number): Promise<Kernels> {
  if (threads === undefined) return new KernelDownloads(spawn).open(0);
  const { url } = kernelFile(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compileStreaming(fetch(url)), threads, spawn });
}
