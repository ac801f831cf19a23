// The vision port: patches of a picture or clip go in, features for the decoder come out. The implementation decides
// where the features lie; a decoder reads those of its own kind.

import type { VisionInput } from '../photo/photo.ts';

/** Features of a picture, or of some consecutive frame groups of a clip. */
export interface FeatureBlock {
  /** Feature rows, one per token; row 0 of each table is zero and not counted. */
  readonly rows: number;
  /** The features, then each DeepStack tap: (rows + 1, decoder hidden) each. */
  read(): Promise<Float32Array[]>;
  dispose(): void;
}

export interface VisionEncoder {
  /**
   * Returns the features in the order of the prompt's tokens: one block for a picture; for a clip, blocks of
   * some frame groups each.
   */
  encode(input: VisionInput, signal: AbortSignal): Promise<FeatureBlock[]>;
  release(): Promise<void>;
}

/** Frame groups of a clip go through the encoder together, up to this many patches per run. */
const MAX_PATCHES_PER_RUN = 16384;

/** How many frame groups of a grid share a feature block. */
export function groupsPerBlock(grid: VisionInput['grid']): number {
  return Math.max(1, Math.floor(MAX_PATCHES_PER_RUN / (grid.height * grid.width)));
}
