// The decoder port: a conversation's tokens go in, chunk by chunk, and the logits of the last token come out.
// The implementation decides how the weights are held (all on the device, or with paged experts).

import type { PagingReport } from '../../contract/answer.ts';
import type { FeatureBlock } from '../vision/features.ts';

/** A run of n consecutive tokens; all tokens that stand for pictures belong to one feature block. */
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
  /** The largest logits, descending, and their token ids. */
  best: { logits: Float32Array; ids: Int32Array };
  /** All logits, (vocab). Reads them from the device; valid until the next append. */
  all(): Promise<Float32Array>;
  /**
   * The experts that the last position was routed to, (mixture layers, experts per token), if `watchExperts` was set.
   */
  experts?: Uint16Array;
}

export interface AppendOptions {
  /** Whether to report the experts of the last position. */
  watchExperts?: boolean;
  /**
   * If a decoder runs an append in several steps, it stops between them and rolls the append back. If it runs the
   * append in a single step, it finishes.
   */
  signal?: AbortSignal;
}

export interface Decoder {
  /** The number of tokens in the cache. */
  readonly length: number;
  /** The largest number of tokens in one append. */
  readonly maxChunk: number;
  /** The paging report of the latest append; undefined unless experts are paged. */
  readonly paging?: PagingReport | undefined;
  /** Removes the tokens from `length` on. */
  truncate(length: number): void;
  append(chunk: Chunk, options?: AppendOptions): Promise<Logits>;
  dispose(): Promise<void>;
}
