// The onnxruntime-web files that this app serves itself: the glue code and the binary of each variant in use.
// The build copies exactly these.

import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmBinary from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import type { Backend } from '../contract/inference.ts';
import type { RuntimeFiles } from '../engine/runtime/runtime.ts';

/** The addresses of the glue code of all builds, which the runtime's threads run too. */
export const GLUES: readonly string[] = [asyncifyGlue, jspiGlue, wasmGlue].map(absolute);

/** The build for a backend in this browser, with absolute URLs, as `env.wasm.wasmPaths` needs them. */
export function runtimeFiles(backend: Backend): RuntimeFiles {
  if (backend === 'wasm') return { build: 'wasm', mjs: absolute(wasmGlue), wasm: absolute(wasmBinary) };
  // If WebAssembly can wait for JavaScript, weights are streamed to the device one after the other.
  return 'Suspending' in WebAssembly
    ? { build: 'jspi', mjs: absolute(jspiGlue), wasm: absolute(jspiBinary) }
    : { build: 'asyncify', mjs: absolute(asyncifyGlue), wasm: absolute(asyncifyBinary) };
}

function absolute(path: string): string {
  return new URL(path, self.location.href).href;
}
