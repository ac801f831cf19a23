// The addresses of onnxruntime-web's own files in an app that uses the engine as a package.

/**
 * Addresses of the runtime's glue code (`mjs`) and WebAssembly (`wasm`), for each build that the app may use: 'wasm'
 * for the processor, 'jspi' for WebGPU in browsers whose WebAssembly can wait for JavaScript, 'asyncify' for WebGPU
 * in the others.
 */
export type RuntimeAddresses = Partial<Record<'wasm' | 'jspi' | 'asyncify', { mjs: string; wasm: string }>>;
