// Where the runtime's own files lie in an app that uses the package.

import type { Backend } from '../contract/inference.ts';
import type { RuntimeAddresses } from '../contract/runtime-addresses.ts';
import type { RuntimeBuild, RuntimeFiles } from '../engine/runtime/runtime.ts';

/** The files for a backend in this browser: those given, else those of the package `onnxruntime-web`. */
export function packagedRuntime(given: RuntimeAddresses = {}): (backend: Backend) => RuntimeFiles {
  return (backend) => {
    const gpu = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
    const build = backend === 'wasm' ? 'wasm' : gpu;
    return { build, ...(given[build] ?? OWN[build]()) };
  };
}

/** Bundlers recognise exactly `new URL(…, import.meta.url)`; they copy the files and write their addresses here. */
const OWN: Record<RuntimeBuild, () => { mjs: string; wasm: string }> = {
  wasm: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.wasm', import.meta.url).href,
  }),
  asyncify: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm', import.meta.url).href,
  }),
  jspi: () => ({
    mjs: new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs', import.meta.url).href,
    wasm: new URL('onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm', import.meta.url).href,
  }),
};
