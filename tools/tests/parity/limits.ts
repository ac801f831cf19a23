// The allowed differences between the engine and the reference, per stage. f32 on WASM differs because of the order of
// sums, WebGPU because of its shaders' arithmetic, and f16 because of its eleven bits of precision.

export interface Limits {
  /** Minimum cosine of the vision output and of each DeepStack feature. */
  vision: number;
  /** Minimum cosine of the prefill logits. */
  logits: number;
  /** Maximum difference of the prefill logits, as a share of their range. */
  logitsDifference: number;
  /**
   * 'equal': all tokens must be equal. `nearTie`: at the first token that differs, the reference's best two logits may
   * be at most this far apart. 'printed': no limit.
   */
  greedy: 'equal' | { nearTie: number } | 'printed';
  /** Minimum share of the routers' choices that equal the reference's. */
  experts: number;
}

export const LIMITS = {
  'wasm f32': { vision: 0.99999, logits: 0.99999, logitsDifference: 1e-3, greedy: 'equal', experts: 1 },
  'webgpu f32': {
    vision: 0.9999,
    logits: 0.9999,
    logitsDifference: 1e-2,
    greedy: { nearTie: 0.05 },
    experts: 0.99,
  },
  'webgpu f16': { vision: 0.999, logits: 0.999, logitsDifference: 1e-1, greedy: 'printed', experts: 0.9 },
} satisfies Record<string, Limits>;

/** For pixels: no byte may differ by more than `largest`, and at least the share `equal` must be equal. */
export const PIXELS = { largest: 1, equal: 0.99 };
