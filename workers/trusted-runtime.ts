// A runtime that was seen to compute rightly: WebGPU in f16, then in f32, then the processor. What failed
// is named.

import type { Backend, Precision } from '../src/contract/inference.ts';
import { computesRightly } from '../src/engine/device-check.ts';
import { createRuntime, type Runtime } from '../src/engine/runtime.ts';
import { runtimeFiles } from './runtime-files.ts';

export interface TrustedRuntime {
  runtime: Runtime;
  /** Absent: the engine's own choice. */
  precision?: Precision;
  /** What gave wrong numbers on this device. */
  distrusted: Precision[];
}

/** Fails as createRuntime does. */
export async function trustedRuntime(
  backend: Backend,
  asked: Precision | undefined,
): Promise<TrustedRuntime> {
  const runtime = await createRuntime({ backend, files: runtimeFiles(backend) });
  if (backend === 'wasm') return { runtime, distrusted: [], ...(asked && { precision: asked }) };
  const distrusted: Precision[] = [];
  try {
    for (const precision of asked === undefined ? runtime.precisions : [asked]) {
      // One that the device lacks is refused by the engine, with its own words.
      const isThere = runtime.precisions.includes(precision);
      if (!isThere || (await computesRightly(runtime, precision))) return { runtime, precision, distrusted };
      distrusted.push(precision);
    }
  } catch (error) {
    runtime.dispose();
    throw error;
  }
  runtime.dispose();
  return { runtime: await createRuntime({ backend: 'wasm', files: runtimeFiles('wasm') }), distrusted };
}
