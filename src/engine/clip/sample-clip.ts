// Chooses the frames of a clip that the model sees, and their times. The reference counts frames, which is right if all
// are shown equally long. If they are not (a GIF whose maker joined equal frames, a screen recording), this module
// counts as if each frame were repeated for as long as it is shown.

import { sampleFrames, type FrameSampling } from './video-frames.ts';
import type { ClipReader } from './clip.ts';

/**
 * How far a time may be off for frames to count as evenly spaced. Containers round times, GIF to 10 ms. This tolerance
 * is less than the tenths of a second that the model reads.
 */
const EVEN_SECONDS = 0.05;

export interface SampledClip {
  /** Numbers of frames in the file, ascending; a frame that is shown for long may occur several times. */
  frames: number[];
  /** Frame numbers at `fps`, with repetitions counted. The timestamps are computed from them. */
  indices: number[];
  fps: number;
}

export function sampleClip(
  clip: Pick<ClipReader, 'frameCount' | 'fps' | 'starts'>,
  sampling: FrameSampling,
): SampledClip {
  const { frameCount, fps, starts } = clip;
  if (isEven(clip)) {
    const indices = sampleFrames(frameCount, fps, sampling);
    return { frames: indices, indices, fps };
  }
  const startsMs = starts.map((seconds) => Math.round(seconds * 1000));
  const totalMs = Math.round((frameCount / fps) * 1000);
  const stepMs = [...startsMs, totalMs].reduce(greatestCommonDivisor, 0);
  const indices = sampleFrames(totalMs / stepMs, 1000 / stepMs, sampling);
  const frames = indices.map((index) => shownAt(startsMs, index * stepMs));
  return { frames, indices, fps: 1000 / stepMs };
}

/** Whether the times of the frames follow from their numbers. */
function isEven({ fps, starts }: Pick<ClipReader, 'fps' | 'starts'>): boolean {
  const most = Math.min(EVEN_SECONDS, 0.5 / fps);
  return starts.every((seconds, index) => Math.abs(seconds - index / fps) <= most);
}

/** The last frame that has begun at `ms`. */
function shownAt(startsMs: readonly number[], ms: number): number {
  let low = 0;
  let high = startsMs.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startsMs[middle]! <= ms) low = middle;
    else high = middle - 1;
  }
  return low;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [one, other] = [a, b];
  while (other !== 0) [one, other] = [other, one % other];
  return one;
}
