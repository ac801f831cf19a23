// What the harness page offers to a test: engine code run in a worker of a real browser, its results
// as JSON. Types only.

import type { Measurement } from './measure.ts';

export interface RuntimeFacts {
  backend: 'webgpu' | 'wasm';
  crossOriginIsolated: boolean;
  /** Features of the device that the engine made; empty on WASM. */
  features: string[];
  precisions: string[];
}

export interface ParityRun {
  /** A folder of /packages/, and the goldens it is held against. */
  package: string;
  goldens: string;
  backend: 'webgpu' | 'wasm';
  precision: 'f32' | 'f16';
  /** Page experts through so many slots per layer. */
  slots?: number;
}

export interface PagedCase {
  case: string;
  slots: number;
  furthest: number;
}

export interface HarnessApi {
  facts(backend: 'webgpu' | 'wasm'): Promise<RuntimeFacts>;
  /** Every case of the reference, or only the named ones. */
  measure(run: ParityRun, only?: string[]): Promise<Measurement[]>;
  /**
   * The built-in model on WebGPU with so many slots per layer against the same with all experts resident: how
   * far their logits part in each case, see furthest().
   */
  pagedBuiltIn(slots: readonly number[], cases: readonly string[]): Promise<PagedCase[]>;
  /**
   * Whether attention over 64 rows is right: on the engine's device, and on one that also has every
   * feature of the adapter, as onnxruntime would ask for.
   */
  attention(device: 'engine' | 'every feature'): Promise<boolean>;
}
