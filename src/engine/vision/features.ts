// The vision port: patches of a picture or clip go in, features for the decoder come out. The implementation decides in
// which memory the features lie; a decoder can read only those of its own kind.

import type { VisionInput } from '../photo/photo.ts';

/** Features of a picture, or of some consecutive frame groups of a clip. */
export interface FeatureBlock {
  /** The number of feature rows, one per token. Row 0 of each table is zero and not counted. */
  readonly rows: number;
  /** Returns the features, then those of each DeepStack tap: (rows + 1, decoder hidden) each. */
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

/** The largest number of patches per run. Frame groups of a clip go through the encoder together up to this limit. */
const MAX_PATCHES_PER_RUN = 16384;

/** The number of frame groups of a grid that share a feature block. */
export function groupsPerBlock(grid: VisionInput['grid']): number {
  return Math.max(1, Math.floor(MAX_PATCHES_PER_RUN / (grid.height * grid.width)));
}
