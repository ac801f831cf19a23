// The names of the graphs' inputs and outputs. The builders declare these ports; the engine feeds and reads them.
// Floats are f32 unless a comment says that they have the graph's precision.

import type { ExpertPart } from '../format/manifest.ts';

/** The ports of the decoder's graphs, for n new tokens after p cached ones. Each graph has only those that it needs. */
export const TEXT = {
  /** i32 (n) */
  inputIds: 'input_ids',
  /** (n, 1): 0 at the place of a picture feature, otherwise 1 */
  isText: 'is_text',
  /** i32 (n): the token's row in the features, 0 for text */
  featureRows: 'feature_rows',
  /** (n, headDim / 2): rotary tables of the n positions */
  cos: 'cos',
  sin: 'sin',
  /** i32 (1): p + n − 1 */
  pastLength: 'past_length',
  /** i32 (1): p + n */
  totalLength: 'total_length',
  /** Output (1, vocab): the logits of the last position */
  logits: 'logits',
} as const;

/**
 * The vision encoder's output and the decoder's input: (rows + 1, decoder hidden) in the graph's precision. Row 0 is
 * zero, so it adds nothing to text; the others are in the order of the prompt's pad tokens.
 */
export const FEATURES = 'features';

/** The features that decoder layer k adds to its output; shaped like FEATURES. */
export function deepstackFeatures(k: number): string {
  return `deepstack.${k}`;
}

export type CacheSide = 'key' | 'value';

/** Input (1, kvHeads, p or capacity, headDim) in the graph's precision. */
export function pastPort(layer: number, side: CacheSide): string {
  return `past.${layer}.${side}`;
}

/** Output (1, kvHeads, p + n or capacity, headDim) in the graph's precision. */
export function presentPort(layer: number, side: CacheSide): string {
  return `present.${layer}.${side}`;
}

/** Inputs of the vision encoder, for f frame groups of s patches each. Its outputs are FEATURES and deepstackFeatures. */
export const VISION = {
  /** (f·s, channels · temporalPatch · patch²), in merge-block order */
  patches: 'patches',
  /** i32 (4, s) and (4, s): the four rows of the position table that are mixed for a patch, and their weights */
  positionIndices: 'position_indices',
  positionWeights: 'position_weights',
  /** (s, d / 2): rotary tables of a head of d */
  cos: 'cos',
  sin: 'sin',
  /** i64 (3): [f, s, hidden], the shape in which frames attend only to themselves */
  frames: 'frames',
} as const;

/**
 * A group of g experts of one layer. The chunk has n rows; m pairs of a row and an expert of the group are computed,
 * ordered by expert.
 */
export const EXPERT_GROUP = {
  /** (n, hidden) in the graph's precision */
  normed: 'normed',
  /** (n, hidden): the sum of other experts' outputs */
  mixed: 'mixed',
  /** i32 (g): the slot of each expert */
  chosen: 'chosen',
  /** i64 (m): the index of each pair's row among the n rows */
  rows: 'rows',
  /** (m, 1): the expert's weight for the row of each pair */
  shares: 'shares',
  /** i64 (g): how many of the m pairs belong to each expert; none of these counts is zero */
  counts: 'counts',
  /** Output (n, hidden): `mixed` plus the outputs of these experts */
  nextMixed: 'mixed.next',
} as const;

/** Input (slots, …the part's shape): one part of the experts in all slots of a layer. */
export function slotPort(part: ExpertPart['name']): string {
  return `slots.${part}`;
}
