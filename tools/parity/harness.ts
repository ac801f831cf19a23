// What the harness page offers to a test: engine code run in a worker of a real browser, its results
// as JSON. Types only.

import type { Part } from '../../src/contract/conversation.ts';
import type { Grid, RgbImage } from '../../src/engine/photo/photo.ts';
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
  /** On a device whose shaders take no more buffers than this. */
  storageBuffers?: number;
  /** Greedy tokens of each case but `whole`, if fewer than the goldens have. */
  steps?: number;
  whole?: string;
}

export interface PagedCase {
  case: string;
  slots: number;
  furthest: number;
}

/** What a model is given of a clip. */
export interface ClipSeen {
  /** Of each group of frames, in seconds. */
  timestamps: readonly number[];
  grid: Grid;
  /** The mean of each frame, 0 … 255. */
  colours: number[][];
  /** The mean of the first frame's upper half. */
  upper: number[];
  /** Of the patches: equal for equal pixels. */
  hash: string;
  answer: string;
}

export interface HarnessApi {
  facts(backend: 'webgpu' | 'wasm'): Promise<RuntimeFacts>;
  /** Every case of the reference, or only the named ones. */
  measure(run: ParityRun, only?: string[]): Promise<Measurement[]>;
  /** The pixels of a file of tools/reference. */
  decoded(file: string): Promise<RgbImage>;
  /** Asks a fixture on WASM about a clip. */
  seen(clip: Part): Promise<ClipSeen>;
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
