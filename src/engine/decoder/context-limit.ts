// Computes how many tokens of prompt and answer one conversation may have on this device. This is the context for which
// the checkpoint was trained, or less if the key-value cache would exceed its memory budget.

import type { TextConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';

/**
 * Every device that a model fits has memory for this many tokens, because src/device/fit.ts includes them when it
 * decides whether a model fits.
 */
const LEAST_TOKENS = 8192;

/** Bytes per token in the key-value cache: a key and a value per layer and key-value head. */
export function cacheBytesPerToken(
  { layers, kvHeads, headDim }: Pick<TextConfig, 'layers' | 'kvHeads' | 'headDim'>,
  precision: Precision,
): number {
  return 2 * layers * kvHeads * headDim * (precision === 'f32' ? 4 : 2);
}

/**
 * The number of tokens whose cache takes at most `budgetBytes`, but at least LEAST_TOKENS, and never more
 * than the checkpoint's own limit.
 */
export function contextLimit(text: TextConfig, precision: Precision, budgetBytes: number): number {
  const affordable = Math.floor(budgetBytes / cacheBytesPerToken(text, precision));
  return Math.min(text.contextLength, Math.max(LEAST_TOKENS, affordable));
}
