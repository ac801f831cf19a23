// The interface that the harness page offers to tests: it runs engine code in a worker of a real browser and returns
// the results as JSON. Types only.

import type { Part } from '../../../src/contract/conversation.ts';
import type { Grid, RgbImage } from '../../../src/engine/photo/photo.ts';
import type { Measurement } from './measure.ts';

export interface RuntimeFacts {
  /** The features of the device that the engine created. */
  features: string[];
  precisions: string[];
}

export interface ParityRun {
  /** A folder of /packages/, and the goldens to compare its results with. */
  package: string;
  goldens: string;
  precision: 'f32' | 'f16';
  /** If given, experts are paged through this many slots per layer. */
  slots?: number;
  /** If given, limits the number of storage buffers per shader on the device. */
  storageBuffers?: number;
  /** The number of greedy tokens in each case except `whole`. If omitted, as many as the goldens have. */
  steps?: number;
  whole?: string;
}

export interface ProcessorRun extends Pick<ParityRun, 'package' | 'goldens' | 'steps' | 'whole'> {
  /** If omitted, as many as the app takes. */
  threads?: number;
  /** Pages the experts, with as few slots as possible. */
  isPaged?: boolean;
  /** The case that is answered again and again, and how often. */
  repeated: string;
  repetitions: number;
}

export interface ProcessorSeen {
  crossOriginIsolated: boolean;
  threads: number;
  measured: Measurement[];
  /** The hashes of all logits of the repeated case: one if each answer has the same bits. */
  hashes: string[];
}

export interface PagedCase {
  case: string;
  slots: number;
  furthest: number;
}

/** The input that a model receives for a clip. */
export interface ClipSeen {
  /** Timestamp of each group of frames, in seconds. */
  timestamps: readonly number[];
  grid: Grid;
  /** The mean colour of each frame, from 0 to 255. */
  colours: number[][];
  /** The mean colour of the upper half of the first frame. */
  upper: number[];
  /** A hash of the patches, which is equal for equal pixels. */
  hash: string;
  answer: string;
}

export interface HarnessApi {
  facts(): Promise<RuntimeFacts>;
  /** Measures all cases of the reference, or only the named ones, on WebGPU. */
  measure(run: ParityRun, only?: string[]): Promise<Measurement[]>;
  /** Does the same on the processor. */
  processor(run: ProcessorRun, only?: string[]): Promise<ProcessorSeen>;
  /** Opens the processor engine's kernels as the app does, keeps them, and returns the number of their threads. */
  hold(): Promise<number>;
  /** Decodes a file of tools/reference to pixels. */
  decoded(file: string): Promise<RgbImage>;
  /** Asks a fixture model on the processor about a clip. */
  seen(clip: Part): Promise<ClipSeen>;
  /**
   * Runs the built-in model on WebGPU with each number of slots per layer, and with all experts resident. Returns
   * how far their logits differ in each case; see furthest().
   */
  pagedBuiltIn(slots: readonly number[], cases: readonly string[]): Promise<PagedCase[]>;
  /**
   * Whether attention over 64 rows is correct: either on the engine's device, or on a device with every feature of the
   * adapter, which onnxruntime itself would request.
   */
  attention(device: 'engine' | 'every feature'): Promise<boolean>;
}
