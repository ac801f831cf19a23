// Cuts the part of a prompt that is not in the cache into chunks for the decoder. Each chunk has at most `maxTokens`
// tokens, and its pictures all belong to one feature block.

import { fail } from '../../failure.ts';
import type { VisualSlot } from '../prompt/prompt.ts';
import type { FeaturePlace } from '../vision/feature-place.ts';
import type { FeatureBlock } from '../vision/features.ts';

export interface ChunkPlan {
  /** The index of the first token, and of the token after the last. */
  from: number;
  to: number;
  /** Row of each token in the block's features; 0 for text. */
  featureRows: Int32Array;
  /** Omitted if all tokens are text. */
  features?: FeatureBlock;
}

/**
 * Chunks of the tokens `from` to `length` − 1, in order. `placeOf` returns where the features of a slot's first token
 * lie; the slot's other tokens follow it. It must know every slot that reaches beyond `from`.
 */
export function planChunks(
  from: number,
  length: number,
  slots: readonly VisualSlot[],
  placeOf: (slot: VisualSlot) => FeaturePlace | undefined,
  maxTokens: number,
): ChunkPlan[] {
  const rows = new Int32Array(length);
  const blocks = new Map<number, FeatureBlock>();
  for (const slot of slots) {
    const count = slot.height * slot.width;
    if (slot.start + count <= from) continue;
    const { block, row } = placeOf(slot) ?? fail('bug', 'A picture in the prompt has no features.');
    for (let i = 0; i < count; i++) {
      rows[slot.start + i] = row + i;
      blocks.set(slot.start + i, block);
    }
  }
  const plans: ChunkPlan[] = [];
  let start = from;
  while (start < length) {
    let end = start;
    let features: FeatureBlock | undefined;
    while (end < length && end - start < maxTokens) {
      const own = blocks.get(end);
      if (own !== undefined && features !== undefined && own !== features) break;
      features ??= own;
      end++;
    }
    const plan = { from: start, to: end, featureRows: rows.slice(start, end) };
    plans.push(features === undefined ? plan : { ...plan, features });
    start = end;
  }
  return plans;
}
