// Where in the feature blocks of a picture or clip the features of one of its tokens lie.

import type { FeatureBlock } from './features.ts';

export interface FeaturePlace {
  block: FeatureBlock;
  /** Row in the block's tensors, from 1, because their row 0 is zero. */
  row: number;
}

/** `token`: index among the tokens of the picture or clip. Undefined if the blocks do not reach that far. */
export function featurePlace(blocks: readonly FeatureBlock[], token: number): FeaturePlace | undefined {
  let index = token;
  for (const block of blocks) {
    if (index < block.rows) return { block, row: 1 + index };
    index -= block.rows;
  }
  return undefined;
}
