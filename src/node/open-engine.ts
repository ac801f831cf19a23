// Makes an engine in Node: on the processor with the kernels, or on WebGPU with the graph runtime. Pictures and clips
// are decoded with sharp.

import type { Backend } from '../contract/inference.ts';
import type { Engine } from '../engine/engine.ts';
import type { EngineOptions } from '../engine/engine-options.ts';
import { loadEngine } from '../engine/load-engine.ts';
import { loadProcessorEngine, type ProcessorEngineOptions } from '../engine/load-processor-engine.ts';
import { fail, loadedPart } from '../failure.ts';
import type { PackageStore } from '../format/package-store.ts';
import { defaultThreads, openKernels, type KernelFiles } from './kernels.ts';
import { runLimited } from './run-limited.ts';
import { createWebGpuRuntime } from './webgpu-runtime.ts';

export interface NodeEngineOptions extends Omit<
  EngineOptions & ProcessorEngineOptions,
  'openClip' | 'runLimited'
> {
  /** By default 'wasm', which is the processor. */
  backend?: Backend;
  /** The number of threads on the processor. By default, there is one per core, but 8 at most. */
  threads?: number;
}

export interface OpenedEngine {
  engine: Engine;
  /** Ends the engine, and its device or its threads. */
  readonly dispose: () => Promise<void>;
}

/**
 * Fails with the failures of loadEngine or loadProcessorEngine, or with 'not-loaded' if the package `sharp` or `webgpu`
 * is not installed.
 */
export async function openEngine(
  store: PackageStore,
  files: KernelFiles,
  { backend = 'wasm', threads = defaultThreads(), ...options }: NodeEngineOptions,
  signal: AbortSignal,
): Promise<OpenedEngine> {
  const [{ decodePhoto }, { openClip }] = await loadedPart(
    Promise.all([import('./decode-photo.ts'), import('./open-clip.ts')]),
  );
  const all = { ...options, openClip, runLimited };
  if (backend === 'wasm') {
    if (options.precision === 'f16') fail('bad-request', 'The processor does not compute in f16.');
    const kernels = await openKernels(files, threads);
    return withDevice(kernels, () => loadProcessorEngine(store, kernels, decodePhoto, all, signal));
  }
  const runtime = await createWebGpuRuntime();
  return withDevice(runtime, () => loadEngine(store, runtime, decodePhoto, all, signal));
}

/** Loads an engine on a device. Disposes of the device after the engine, or at once if the engine cannot be loaded. */
async function withDevice(device: { dispose(): void }, load: () => Promise<Engine>): Promise<OpenedEngine> {
  try {
    const engine = await load();
    return {
      engine,
      dispose: async () => {
        await engine.dispose();
        device.dispose();
      },
    };
  } catch (error) {
    device.dispose();
    throw error;
  }
}
