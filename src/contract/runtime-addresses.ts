// The addresses of the programs that compute, in an app that uses the engine as a package.

/** The addresses of onnxruntime-web's glue code (`mjs`) and WebAssembly (`wasm`). */
interface RuntimeAddress {
  mjs: string;
  wasm: string;
}

/**
 * The addresses of the files that the app may use. 'jspi' is onnxruntime-web for WebGPU in browsers whose WebAssembly
 * can wait for JavaScript; 'asyncify' is the same for other browsers. `kernels` are the package's own programs for the
 * processor: 'shared' for several threads, 'own' for one; `thread` is the script of a thread.
 */
export interface RuntimeAddresses {
  jspi?: RuntimeAddress;
  asyncify?: RuntimeAddress;
  kernels?: { own?: string; shared?: string; thread?: string };
}
