// What the harness page offers to a test: engine code run in a worker of a real browser, its results
// as JSON. Types only.

export interface RuntimeFacts {
  backend: 'webgpu' | 'wasm';
  crossOriginIsolated: boolean;
  /** Features of the device that the engine made; empty on WASM. */
  features: string[];
  /** The element-wise sum that a session on this backend computed of the two inputs. */
  sum: number[];
}

export interface HarnessApi {
  /** Starts the engine's runtime and adds `a` and `b` with it. */
  add(backend: 'webgpu' | 'wasm', a: number[], b: number[]): Promise<RuntimeFacts>;
}
