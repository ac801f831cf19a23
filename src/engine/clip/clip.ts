// Clips between their file and the vision encoder: how long they are, and their frames one by one.

import type { RgbImage } from '../photo/photo.ts';

export interface ClipReader {
  /** The MIME type of what the file holds. */
  type: string;
  /** In pixels, upright; every frame has this size. */
  width: number;
  height: number;
  frameCount: number;
  /** Frames per second, on average: what the reference makes times of frame numbers with. */
  fps: number;
  /** When each frame begins to be shown, in seconds from the first one. */
  starts: readonly number[];
  /**
   * The frames of these numbers, which ascend and may repeat; numbers count in order of presentation. One frame is held at
   * a time. Fails with 'bad-clip'; an abort of `signal` is thrown as AbortError.
   */
  read(indices: readonly number[], signal: AbortSignal): AsyncGenerator<RgbImage>;
  /** Releases the decoder. */
  close(): void;
}

/**
 * Opens a video file or an animated picture; undefined for whatever else, such as a photo. Fails with
 * 'bad-clip', 'unplayable-clip', 'unplayable-animation', 'clip-too-long', 'photo-too-large' or 'photo-too-narrow'.
 */
export type OpenClip = (file: Blob) => Promise<ClipReader | undefined>;

/** Of a file that names none. Source: the reference's processor. */
export const UNKNOWN_FPS = 24;

/** What is opened at most: every frame up to the last one wanted is decoded, and a file is kept whole. */
export const MAX_CLIP_SECONDS = 300;
export const MAX_CLIP_BYTES = 200e6;
/** An animated picture tells its length only when it is unpacked: so many are five minutes of the quickest GIF. */
export const MAX_ANIMATION_FRAMES = 15_000;
