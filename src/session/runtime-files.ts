// The onnxruntime-web files that this app serves itself: the glue code and the binary of each build that runs on
// WebGPU. The app's build copies exactly these files.

import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyBinary from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiBinary from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import type { RuntimeFiles } from '../engine/runtime/runtime.ts';

/** The addresses of the glue code of all builds, which the runtime's threads run too. */
export const GLUES: readonly string[] = [asyncifyGlue, jspiGlue].map(absolute);

/** The build for this browser. Its URLs are absolute, as `env.wasm.wasmPaths` requires. */
export function runtimeFiles(): RuntimeFiles {
  // If WebAssembly can wait for JavaScript, weights are streamed to the device one after the other.
  return 'Suspending' in WebAssembly
    ? { build: 'jspi', mjs: absolute(jspiGlue), wasm: absolute(jspiBinary) }
    : { build: 'asyncify', mjs: absolute(asyncifyGlue), wasm: absolute(asyncifyBinary) };
}

function absolute(path: string): string {
  return new URL(path, self.location.href).href;
}
