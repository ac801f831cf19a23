// Pictures between decoding and the vision encoder, as plain arrays without browser objects.

import { fail } from '../../failure.ts';

/** In pixels. */
export interface Size {
  height: number;
  width: number;
}

/** A decoded picture: 8-bit RGB, no alpha, upright. */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array; // (height, width, 3)
}

/** The size of a picture or clip in patches; `frames` is the number of temporal groups (1 for a picture). */
export interface Grid {
  frames: number;
  height: number;
  width: number;
}

/** The input of the vision encoder. */
export interface VisionInput {
  grid: Grid;
  patches: Float32Array; // (frames · height · width, 3 · temporalPatch · patch · patch), merge-block order
}

/**
 * Turns an encoded photo into pixels. Fails with a code of UnreadableFile, 'photo-too-large',
 * 'photo-too-narrow' or 'pixels-withheld'.
 */
export type DecodePhoto = (photo: Blob) => Promise<RgbImage>;

/** Larger pictures are refused before they are unpacked: 120 megapixels are 360 MB of RGB. */
export const MAX_PHOTO_PIXELS = 120e6;

/** The reference refuses pictures whose sides have a larger ratio. */
const MAX_ASPECT_RATIO = 200;

/** Fails with 'photo-too-narrow' if one side is more than MAX_ASPECT_RATIO times the other. */
export function checkAspect(height: number, width: number): void {
  const ratio = Math.max(height, width) / Math.min(height, width);
  if (!(ratio <= MAX_ASPECT_RATIO)) {
    fail(
      'photo-too-narrow',
      `A picture of ${width}×${height} is too narrow: one side is more than 200 times the other.`,
    );
  }
}
