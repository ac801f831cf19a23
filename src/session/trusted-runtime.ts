// Creates a runtime that computes correctly: WebGPU in f16, else in f32, else the processor. Lists the refused
// precisions.

import type { Backend, LoadOptions, Precision } from '../contract/inference.ts';
import { createRuntime, type Runtime, type RuntimeFiles } from '../engine/runtime/runtime.ts';

/** Where the runtime's own files come from. */
export interface RuntimeSource {
  /** The build for a backend in this browser. */
  files(backend: Backend): RuntimeFiles;
  /** The build's WebAssembly; undefined if the runtime has it already or fetches it itself. */
  take(files: RuntimeFiles): Promise<Uint8Array | undefined>;
}

export interface TrustedRuntime {
  runtime: Runtime;
  /** If omitted, the engine chooses. */
  precision?: Precision;
  /** Precisions that give wrong numbers on this device. */
  distrusted: Precision[];
}

/**
 * `accepts` returns whether a precision computes correctly on a WebGPU device. Fails as createRuntime and
 * `downloads.take` do.
 */
export async function trustedRuntime(
  backend: Backend,
  { precision: asked, hardwareOnly = false }: Pick<LoadOptions, 'precision' | 'hardwareOnly'>,
  accepts: (runtime: Runtime, precision: Precision) => Promise<boolean>,
  downloads: RuntimeSource,
): Promise<TrustedRuntime> {
  const create = (on: Backend): Promise<Runtime> => {
    const files = downloads.files(on);
    return createRuntime({ backend: on, hardwareOnly, files, wasmBinary: () => downloads.take(files) });
  };
  const runtime = await create(backend);
  if (backend === 'wasm') return { runtime, distrusted: [], ...(asked && { precision: asked }) };
  const distrusted: Precision[] = [];
  try {
    for (const precision of asked === undefined ? runtime.precisions : [asked]) {
      // If the device lacks the precision, the engine refuses it with its own message.
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
