// Cuts the part of a prompt that is not in the cache into chunks for the decoder: each has at most
// `maxTokens` tokens, and pictures of one feature block only.

import type { VisualSlot } from '../prompt/prompt.ts';

/** Where a slot's features lie: their block, by any number that identifies it, and their first row in it. */
export interface SlotPlace {
  block: number;
  /** Counted from 1, because the block's row 0 is zero. */
  firstRow: number;
}

export interface ChunkPlan {
  /** First token and the one after the last. */
  from: number;
  to: number;
  /** Row of each token in the block's features; 0 for text. */
  featureRows: Int32Array;
  /** Omitted if all tokens are text. */
  block?: number;
}

/** Chunks of tokens from … length − 1, in order. */
export function planChunks(
  from: number,
  length: number,
  slots: readonly VisualSlot[],
  placeOf: (slot: VisualSlot) => SlotPlace,
  maxTokens: number,
): ChunkPlan[] {
  const rows = new Int32Array(length);
  const blocks = new Int32Array(length).fill(-1);
  for (const slot of slots) {
    const { block, firstRow } = placeOf(slot);
    for (let i = 0; i < slot.height * slot.width; i++) {
      rows[slot.start + i] = firstRow + i;
      blocks[slot.start + i] = block;
    }
  }
  const plans: ChunkPlan[] = [];
  let start = from;
  while (start < length) {
    let end = start;
    let block = -1;
    while (end < length && end - start < maxTokens) {
      const own = blocks[end]!;
      if (own !== -1 && block !== -1 && own !== block) break;
      if (own !== -1) block = own;
      end++;
    }
    const plan = { from: start, to: end, featureRows: rows.slice(start, end) };
    plans.push(block === -1 ? plan : { ...plan, block });
    start = end;
  }
  return plans;
}
