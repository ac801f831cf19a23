// How near the engine must be to the reference, per stage. f32 on WASM differs by the order of sums,
// WebGPU by its shaders' arithmetic, f16 by its eleven bits.

export interface Limits {
  /** Cosine of the vision output and of each DeepStack feature, at least. */
  vision: number;
  /** Cosine of the prefill logits, at least. */
  logits: number;
  /** Largest difference of the prefill logits as a share of their range, at most. */
  logitsDifference: number;
  /** 'equal'; 'near-tie': where they part, the reference's best two logits are this near. */
  greedy: 'equal' | { nearTie: number } | 'printed';
  /** Share of the routers' choices that are the reference's, at least. */
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

/** Of pixels: no byte off by more than one, and so many of them equal. */
export const PIXELS = { largest: 1, equal: 0.99 };
