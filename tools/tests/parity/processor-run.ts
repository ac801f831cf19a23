// Opens the processor engine in the harness's worker, on a given number of threads or as the app opens it.

import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  loadProcessorEngine,
  type ProcessorEngineOptions,
} from '../../../src/engine/load-processor-engine.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { Kernels } from '../../../src/kernels/kernels.ts';
import { KernelDownloads } from '../../../src/session/kernel-downloads.ts';
import { kernelFile } from '../../../src/session/kernel-files.ts';
import { spawnWith } from '../../../src/session/kernel-threads.ts';
import kernelScript from '../../../workers/kernel.worker.ts?worker&url';

const spawn = spawnWith(() => new Worker(kernelScript, { type: 'module' }));

/** `threads`: if omitted, as many as the app takes. The caller disposes of the kernels. */
export async function openKernels(threads?: number): Promise<Kernels> {
  if (threads === undefined) return new KernelDownloads(spawn).open(0);
  const { url } = kernelFile(threads > 1 ? 'shared' : 'own');
  return Kernels.open({ module: await WebAssembly.compileStreaming(fetch(url)), threads, spawn });
}

/** Loads a package onto the kernels, runs `job`, and releases both. */
export async function withProcessor<T>(
  store: PackageStore,
  threads: number | undefined,
  options: ProcessorEngineOptions,
  job: (engine: Engine, threads: number) => Promise<T>,
): Promise<T> {
  const kernels = await openKernels(threads);
  try {
    const { signal } = new AbortController();
    const engine = await loadProcessorEngine(store, kernels, decodePhoto, options, signal);
    const result = await job(engine, kernels.threads);
    await engine.dispose();
    return result;
  } finally {
    kernels.dispose();
  }
}
