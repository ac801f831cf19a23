// onnxruntime-web's build without WebGPU, with which tests compare the graphs on the processor in a browser.

import glue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import binary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { createRuntime, type Runtime } from '../../../src/engine/runtime/runtime.ts';

export async function createWasmRuntime(): Promise<Runtime> {
  const files = {
    mjs: new URL(glue, self.location.href).href,
    wasm: new URL(binary, self.location.href).href,
  };
  return createRuntime({ backend: 'wasm', files, ort: await import('onnxruntime-web/wasm') });
}
