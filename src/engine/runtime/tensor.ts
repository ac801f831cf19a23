// The data that the runtime takes and returns: tensors, the feeds of a run, and weights.

import type { Tensor as OrtTensor } from 'onnxruntime-web';

export type Tensor = OrtTensor;
export type Feeds = Record<string, Tensor>;
export type TensorData = Float32Array | Uint16Array | Int32Array | BigInt64Array;
export type ElementType = 'float32' | 'float16' | 'int32' | 'int64';

/** Selects a whole tensor, or only its last row (along the last axis). */
export type ReadRequest = Tensor | { lastRowOf: Tensor };

export interface WeightData {
  path: string;
  data: WeightSource;
  /** Called with the number of bytes of each read. If it throws, no session is created. */
  onRead?: (bytes: number) => void;
}

/**
 * A Blob or a `make` function is read when the session is created: one weight after the other with JSPI, otherwise all
 * at once.
 */
export type WeightSource = Blob | Uint8Array | { bytes: number; make: () => Promise<Uint8Array> };
