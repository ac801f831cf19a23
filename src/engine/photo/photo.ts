// Pictures between decoding and the vision encoder: plain arrays, no browser object.

/** A decoded picture: 8-bit RGB, no alpha, upright. */
export interface RgbImage {
  width: number;
  height: number;
  data: Uint8Array; // (height, width, 3)
}

/** Size of a picture or clip in patches; frames counts temporal groups (1 for a picture). */
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
