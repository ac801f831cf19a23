// The threads of the bench's processor engine.

import * as Comlink from 'comlink';
import { Kernels, type SpawnThread } from '../../../src/kernels/kernels.ts';
import { kernelFile } from '../../../src/session/kernel-files.ts';
import { readWith } from '../../../src/session/open-reader.ts';

const start = (): Worker => new Worker(new URL('./kernel.worker.ts', import.meta.url), { type: 'module' });

export const openReader = readWith(start);

export async function openKernels(threads: number): Promise<Kernels> {
  const { url } = kernelFile(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compileStreaming(fetch(url)), threads, spawn });
}

const spawn: SpawnThread = (share) =>
  new Promise((resolve, reject) => {
    const worker = start();
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data === 'ready') resolve(() => worker.terminate());
    });
    Comlink.wrap<{ work(start: typeof share): Promise<void> }>(worker).work(share).catch(reject);
  });
