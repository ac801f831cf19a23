// A runtime that may be trusted: WebGPU in f16, then in f32, then the processor. What was refused is
// named.

import type { Backend, LoadOptions, Precision } from '../src/contract/inference.ts';
import { createRuntime, type Runtime } from '../src/engine/runtime/runtime.ts';
import type { RuntimeDownloads } from './runtime-downloads.ts';
import { runtimeFiles } from './runtime-files.ts';

export interface TrustedRuntime {
  runtime: Runtime;
  /** Absent: the engine's own choice. */
  precision?: Precision;
  /** What gives wrong numbers on this device. */
  distrusted: Precision[];
}

/** `accepts` judges a precision on a WebGPU device. Fails as createRuntime does, and as `downloads.take`. */
export async function trustedRuntime(
  backend: Backend,
  { precision: asked, hardwareOnly = false }: Pick<LoadOptions, 'precision' | 'hardwareOnly'>,
  accepts: (runtime: Runtime, precision: Precision) => Promise<boolean>,
  downloads: RuntimeDownloads,
): Promise<TrustedRuntime> {
  const create = (on: Backend): Promise<Runtime> => {
    const files = runtimeFiles(on);
    return createRuntime({ backend: on, hardwareOnly, files, wasmBinary: () => downloads.take(files) });
  };
  const runtime = await create(backend);
  if (backend === 'wasm') return { runtime, distrusted: [], ...(asked && { precision: asked }) };
  const distrusted: Precision[] = [];
  try {
    for (const precision of asked === undefined ? runtime.precisions : [asked]) {
      // One that the device lacks is refused by the engine, with its own words.
      const isThere = runtime.precisions.includes(precision);
      if (!isThere || (await accepts(runtime, precision))) return { runtime, precision, distrusted };
      distrusted.push(precision);
    }
  } catch (error) {
    runtime.dispose();
    throw error;
  }
  runtime.dispose();
  return { runtime: await create('wasm'), distrusted };
}
