// What this folder hands to the engine: a model without weights, and a recipe for each weight it names.

import type { ExpertPart } from '../format/manifest.ts';

export type Precision = 'f32' | 'f16';

/** What the graphs are written for. */
export interface Target {
  backend: 'webgpu' | 'wasm';
  /** Type of activations, caches and unquantised weights. Inputs and the chosen logits are f32. */
  precision: Precision;
  /**
   * Expand quantised weights to `precision` when loading: more memory, but on the WASM backend float
   * products are tens of times faster than blocked ones.
   */
  expand: boolean;
}

/** Where a weight's bytes come from and what the loader does to them on the way. */
export type WeightSource = TensorSource | ExpertsSource;

export interface TensorSource {
  kind: 'tensor';
  /** A key of the manifest's tensors. */
  tensor: string;
  /** 'stored': the bytes as they are; otherwise converted, and de-quantised if quantised. */
  as: Precision | 'stored';
}

/** One part of all experts of a layer, stacked: (experts, …). */
export interface ExpertsSource {
  kind: 'experts';
  layer: number;
  part: ExpertPart['name'];
  as: Precision | 'stored';
  /**
   * 'rows' stacks the part as stored, (rows, columns) per expert. The others transpose each expert to
   * (columns, rows), of all rows or of the even (gate) or odd (up) ones.
   */
  layout: 'rows' | 'transposed' | 'gate transposed' | 'up transposed';
}

export interface EmittedGraph {
  /** ONNX protobuf. */
  model: Uint8Array<ArrayBuffer>;
  /** By external-data path, which is the initializer's name. */
  weights: Map<string, WeightSource>;
  outputs: string[];
}
