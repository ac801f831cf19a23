// Loads a package onto the processor in the harness's worker.

import { decodePhoto } from '../../../src/engine/photo/decode-photo.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import {
  loadProcessorEngine,
  type ProcessorEngineOptions,
} from '../../../src/engine/load-processor-engine.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { openPageKernels, openPageReader } from '../support/page-kernels.ts';

/** `threads`: if omitted, as many as the app takes. Loads a package, runs `job`, and releases everything. */
export async function withProcessor<T>(
  store: PackageStore,
  threads: number | undefined,
  options: ProcessorEngineOptions,
  job: (engine: Engine, threads: number) => Promise<T>,
): Promise<T> {
  const kernels = await openPageKernels(threads);
  try {
    const { signal } = new AbortController();
    const engine = await loadProcessorEngine(
      store,
      kernels,
      decodePhoto,
      { ...options, openReader: openPageReader },
      signal,
    );
    const result = await job(engine, kernels.threads);
    await engine.dispose();
    return result;
  } finally {
    kernels.dispose();
  }
}
