// The onnxruntime-web files that this app serves itself: the glue and the binary of each variant in
// use. The build copies exactly these.

import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Backend } from '../src/contract/inference.ts';

/** The variant with the backend's kernels, by absolute URLs, as `env.wasm.wasmPaths` wants them. */
export function runtimeFiles(backend: Backend): { mjs: string; wasm: string } {
  return backend === 'webgpu'
    ? { mjs: absolute(asyncifyGlue), wasm: absolute(asyncifyBinary) }
    : { mjs: absolute(wasmGlue), wasm: absolute(wasmBinary) };
}

function absolute(path: string): string {
  return new URL(path, self.location.href).href;
}
