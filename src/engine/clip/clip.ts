// The interface to a clip between its file and the vision encoder: its length, and its frames one by one.

import type { RgbImage } from '../photo/photo.ts';

export interface ClipReader {
  /** The MIME type of the file's content. */
  type: string;
  /** In pixels, upright; every frame has this size. */
  width: number;
  height: number;
  frameCount: number;
  /** Average frames per second. The reference computes times from frame numbers with this rate. */
  fps: number;
  /** The time at which each frame begins to be shown, in seconds after the first frame. */
  starts: readonly number[];
  /**
   * Yields the frames with these numbers. The numbers ascend, may repeat, and count in order of presentation.
   * Holds one frame at a time. Fails with 'bad-clip'; if `signal` aborts, throws an AbortError.
   */
  read(indices: readonly number[], signal: AbortSignal): AsyncGenerator<RgbImage>;
  close(): void;
}

/**
 * Opens a video file or an animated picture; returns undefined for any other file, such as a photo. Fails
 * with 'bad-clip', 'unplayable-clip', 'unplayable-animation', 'clip-too-long', 'photo-too-large' or
 * 'photo-too-narrow'.
 */
export type OpenClip = (file: Blob) => Promise<ClipReader | undefined>;

/** The frame rate of a file that names none. Source: the reference's processor. */
export const UNKNOWN_FPS = 24;

/** Limits for opening a clip: a reader decodes every frame up to the last requested one, and keeps the whole file. */
export const MAX_CLIP_SECONDS = 300;
export const MAX_CLIP_BYTES = 200e6;
/**
 * The length of an animated picture is known only after unpacking, so its number of frames is limited. This many frames
 * are five minutes of the fastest GIF.
 */
export const MAX_ANIMATION_FRAMES = 15_000;
