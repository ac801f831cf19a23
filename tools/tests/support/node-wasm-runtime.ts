// onnxruntime-web on the processor, in Node. The product computes with its own kernels there; tests cross-check the
// graphs with this runtime, and benchmarks compare the two.

import { createRuntime, type Runtime } from '../../../src/engine/runtime/runtime.ts';

/** In Node, the package's main entry is the build without WebGPU. More than one thread keeps the process alive. */
export async function createNodeWasmRuntime(threads = 1): Promise<Runtime> {
  return createRuntime({ backend: 'wasm', threads, ort: await import('onnxruntime-web') });
}
