// How an engine is loaded.

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
   * Hold at most this many bytes of experts on the device and page the others; dense models ignore it. If
   * omitted, hold all experts.
   */
  expertBudgetBytes?: number;
  /** The key-value cache takes at most this many bytes, but has memory for 8,192 tokens. If omitted, 2 GB. */
  cacheBudgetBytes?: number;
  /** Runs the model's template and tokenizer within a limit. If omitted, a pattern that never ends is not stopped. */
  runLimited?: RunLimited;
  /** Called with the bytes of weights loaded so far and in total, as stored. */
  onLoad?: (doneBytes: number, totalBytes: number) => void;
}

/** Options for benchmarks, tests and tools. The product passes none of them. */
export interface Diagnostics {
  /**
   * Expand quantised weights when loading. If omitted, only WASM expands them, and only if the model is small
   * enough.
   */
  expand?: boolean;
  /** Release the vision encoder after each answer and load it again for the next new picture. */
  releaseVision?: boolean;
  /** With paging: for how many layers ahead likely experts are read; 0: none. If omitted, LOOK_AHEAD. */
  lookAhead?: number;
  /** With paging: called with the experts that each layer chose, for recording traces. */
  onRouting?: OnRouting;
  /** Prefill at most this many tokens at once; the decoder may take fewer. */
  chunkTokens?: number;
  /** Continue past end tokens and repetitions, up to the requested length. */
  ignoreStops?: boolean;
}
