// Finds where in the feature blocks of a picture or clip the features of one of its tokens lie.

import type { FeatureBlock } from './features.ts';

export interface FeaturePlace {
  block: FeatureBlock;
  /** The row in the block's tables, counted from 1, because row 0 is zero. */
  row: number;
}

/**
 * `token`: the token's index among those of the picture or clip. Returns undefined if the blocks do not reach that far.
 */
export function featurePlace(blocks: readonly FeatureBlock[], token: number): FeaturePlace | undefined {
  let index = token;
  for (const block of blocks) {
    if (index < block.rows) return { block, row: 1 + index };
    index -= block.rows;
  }
  return undefined;
}
