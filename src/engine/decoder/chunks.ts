// Cuts the part of a prompt that is not in the cache into chunks for the decoder: at most so many
// tokens, and pictures of one feature block each.

import type { VisualSlot } from '../prompt/prompt.ts';

/** Where a slot's features lie: a block, by any number that tells blocks apart, and its first row. */
export interface SlotPlace {
  block: number;
  /** Counted from 1, the block's row 0 being zero. */
  firstRow: number;
}

export interface ChunkPlan {
  /** First token and the one after the last. */
  from: number;
  to: number;
  /** Rows of the tokens in the block's features; 0 for text. */
  featureRows: Int32Array;
  /** Absent where all is text. */
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
