// The options for loading an engine.

import type { Precision } from '../graph/emitted.ts';
import type { OpenClip } from './clip/clip.ts';
import type { OnRouting } from './decoder/paged/mixture-stage.ts';
import type { RunLimited } from './prompt/run-limited.ts';

export interface EngineOptions extends Diagnostics {
  /** If omitted, clips can only be given as frames. */
  openClip?: OpenClip;
  /** If omitted, f16 if the device supports it, else f32. */
  precision?: Precision;
  /**
   * The memory budget for experts on the device, in bytes; the other experts are paged. Dense models ignore it. If
   * omitted, all experts are held.
   */
  expertBudgetBytes?: number;
  /**
   * The memory budget for the key-value cache, in bytes; the cache has memory for at least 8,192 tokens. If omitted, 2
   * GB.
   */
  cacheBudgetBytes?: number;
  /**
   * Runs the model's template and tokenizer with a time limit. If omitted, a pattern that never ends is not stopped.
   */
  runLimited?: RunLimited;
  /** Called with the bytes of weights loaded so far and the total, both in stored form. */
  onLoad?: (doneBytes: number, totalBytes: number) => void;
}

/** Options for benchmarks, tests and tools. The product passes none of them. */
export interface Diagnostics {
  /**
   * Whether to expand quantised weights when loading. If omitted, only WASM expands them, and only if the model is
   * small enough.
   */
  expand?: boolean;
  /** Whether to release the vision encoder after each answer, and to load it again when a new picture needs it. */
  releaseVision?: boolean;
  /** With paging: for how many layers ahead to read likely experts; 0 for none. If omitted, LOOK_AHEAD. */
  lookAhead?: number;
  /** With paging: called with the experts that each layer chose, for recording traces. */
  onRouting?: OnRouting;
  /** The largest number of tokens that prefill computes at once; the decoder may take fewer. */
  chunkTokens?: number;
  /** Whether to continue past end tokens and repetitions, up to the requested length. */
  ignoreStops?: boolean;
}
