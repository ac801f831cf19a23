// The addresses of the runtime's own files in an app that uses the package.

import type { RuntimeAddresses } from '../contract/runtime-addresses.ts';
import type { RuntimeBuild, RuntimeFiles } from '../engine/runtime/runtime.ts';

/**
 * Returns the files for WebGPU in this browser: the given ones, or otherwise those of the package `onnxruntime-web`.
 */
export function packagedRuntime(given: RuntimeAddresses = {}): RuntimeFiles {
  const build = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
  return { build, ...(given[build] ?? OWN[build]()) };
}

/**
 * Bundlers recognise only the exact form `new URL(…, import.meta.url)`. They copy the files and insert their addresses
 * here.
 */
const OWN: Record<RuntimeBuild, () => { mjs: string; wasm: string }> = {
  asyncify: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  }),
  jspi: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm', import.meta.url).href,
  }),
};
