// Which frames of a clip a model is shown, and when. The reference counts frames, which is right while each
// is shown equally long. Where they are not (a GIF whose maker joined equal frames, a screen recording), a
// frame counts for as long as it is shown: as if it were repeated, and then counted.

import { sampleFrames, type FrameSampling } from '../photo/video-frames.ts';
import type { ClipReader } from './clip.ts';

/** Times of containers are rounded, GIF's to 10 ms; so much is less than the tenths that models are told. */
const EVEN_SECONDS = 0.05;

export interface SampledClip {
  /** Numbers of the file's frames, ascending; one that is shown long may come several times. */
  frames: number[];
  /** What the times of the frames are made of: their numbers at `fps`, had each been repeated. */
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

/** Whether counting frames gives their times. */
function isEven({ fps, starts }: Pick<ClipReader, 'fps' | 'starts'>): boolean {
  const most = Math.min(EVEN_SECONDS, 0.5 / fps);
  return starts.every((seconds, index) => Math.abs(seconds - index / fps) <= most);
}

/** The last frame that has begun. */
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
