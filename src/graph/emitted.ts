// The output of this folder for the engine: a model without weights, and a recipe for each weight that the model names.

import type { ExpertPart } from '../format/manifest.ts';

export type Precision = 'f32' | 'f16';

/** The backend and the options for which graphs are written. */
export interface Target {
  backend: 'webgpu' | 'wasm';
  /**
   * The type of activations, caches and unquantised weights. The logits, and the inputs that JavaScript fills, are f32.
   */
  precision: Precision;
  /**
   * Whether to expand quantised weights to `precision` when loading. That takes more memory, but on the WASM backend
   * float products are tens of times faster than blocked ones.
   */
  expand: boolean;
}

/** The source of a weight's bytes, and the conversion that the loader applies to them. */
export type WeightSource = TensorSource | ExpertsSource;

export interface TensorSource {
  kind: 'tensor';
  /** A key in the manifest's `tensors`. */
  tensor: string;
  /** 'stored': the bytes stay unchanged. Otherwise they are converted, and de-quantised if they are quantised. */
  as: Precision | 'stored';
}

/** One part of all experts of a layer, stacked: (experts, …). */
export interface ExpertsSource {
  kind: 'experts';
  layer: number;
  part: ExpertPart['name'];
  as: Precision | 'stored';
  /**
   * 'rows' stacks each expert's part as stored: (rows, columns). The other layouts stack a transpose,
   * (columns, rows): of all stored rows ('transposed'), of the even rows (gate) or of the odd rows (up).
   */
  layout: 'rows' | 'transposed' | 'gate transposed' | 'up transposed';
}

export interface EmittedGraph {
  /** The model as ONNX protobuf. */
  model: Uint8Array<ArrayBuffer>;
  /** The keys are external-data paths, each of which is the initializer's name. */
  weights: Map<string, WeightSource>;
  outputs: string[];
}
