// The decoder port: a conversation's tokens go in, chunk by chunk, and the logits of the last one come
// out. How the weights are held (all on the device, or experts paged) is the implementation's matter.

import type { PagingReport } from '../../contract/answer.ts';
import type { FeatureBlock } from '../vision/vision-encoder.ts';

/** n consecutive tokens; those that stand for pictures all belong to one feature block. */
export interface Chunk {
  ids: Int32Array; // (n)
  /** Row of each token in `features`, from 1; 0 for text. */
  featureRows: Int32Array; // (n)
  features?: FeatureBlock;
  cos: Float32Array; // (n, headDim / 2)
  sin: Float32Array; // (n, headDim / 2)
}

/** Logits of the last position. */
export interface Logits {
  /** The largest, descending, and their token ids. */
  best: { logits: Float32Array; ids: Int32Array };
  /** All of them, (vocab); read from the device when asked for, until the next append. */
  all(): Promise<Float32Array>;
  /** The experts that the last position went to, (mixture layers, chosen), where they are watched. */
  experts?: Uint16Array;
}

export interface AppendOptions {
  /** Tell the experts of the last position. */
  watchExperts?: boolean;
  /** Stops a long append before it is done, which then never was; short ones are finished. */
  signal?: AbortSignal;
}

export interface Decoder {
  /** Tokens in the cache. */
  readonly length: number;
  /** Tokens that one append may bring. */
  readonly maxChunk: number;
  /** How paging went in the latest append; only where experts are paged. */
  readonly paging?: PagingReport | undefined;
  /** Forgets the tokens from `length` on. */
  truncate(length: number): void;
  append(chunk: Chunk, options?: AppendOptions): Promise<Logits>;
  dispose(): Promise<void>;
}
