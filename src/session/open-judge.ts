// Opens a model on the processor for `judge`, with memory and threads of its own, which end with the model.

import type { Engine } from '../engine/engine.ts';
import { leastBytes } from '../engine/processor/memory-needs.ts';
import type { JudgeOptions } from '../engine/self-check/judge.ts';
import type { PackageStore } from '../format/package-store.ts';
import { ProcessorDevice } from './engine-device.ts';
import type { KernelSource } from './kernel-downloads.ts';
import { runReported } from './report-limited.ts';

/** Fails with the failures of `KernelSource.open` and loadProcessorEngine. */
export async function openJudge(
  store: PackageStore,
  kernels: KernelSource,
  { cache, ...options }: JudgeOptions,
  onLoad: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<{ engine: Engine; dispose: () => Promise<void> }> {
  const memory = await kernels.open(leastBytes(store.manifest, options.expertBudgetBytes));
  const device = new ProcessorDevice(memory, kernels.openReader);
  try {
    const all = { ...options, processorCache: cache, runLimited: runReported, onLoad };
    const engine = await device.load(store, all, signal);
    const dispose = async (): Promise<void> => {
      await engine.dispose();
      device.dispose();
    };
    return { engine, dispose };
  } catch (error) {
    device.dispose();
    throw error;
  }
}
