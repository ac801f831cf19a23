// The onnxruntime-web files that this app serves itself: the glue and the binary of each variant in
// use. The build copies exactly these.

import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import wasmGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

/** Absolute URLs, as `env.wasm.wasmPaths` wants them. */
export interface RuntimeFiles {
  mjs: string;
  wasm: string;
}

const absolute = (path: string): string => new URL(path, self.location.origin).href;

/** WebGPU and CPU kernels. */
export const WEBGPU_FILES: RuntimeFiles = { mjs: absolute(asyncifyGlue), wasm: absolute(asyncifyBinary) };

/** CPU kernels only, smaller; has the kernels for quantised lookups that the other lacks. */
export const WASM_FILES: RuntimeFiles = { mjs: absolute(wasmGlue), wasm: absolute(wasmBinary) };
