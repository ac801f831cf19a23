// The frames of a video that the model sees, and the timestamp of each group of them (transformers
// video_processing_qwen3_vl.py sample_frames, processing_qwen3_vl.py _calculate_timestamps).

import { fail } from '../../failure.ts';
import { roundHalfEven } from '../preprocess/round-half-even.ts';

export interface FrameSampling {
  /** The number of frames per second that sampling aims at. */
  fps: number;
  minFrames: number;
  maxFrames: number;
}

/** Evenly spaced frame numbers of a video with `total` frames at `sourceFps`. */
export function sampleFrames(total: number, sourceFps: number, sampling: FrameSampling): number[] {
  if (!(total >= 1) || !(sourceFps > 0)) fail('bad-request', 'A video needs frames and a frame rate.');
  const wanted = Math.trunc((total / sourceFps) * sampling.fps);
  const count = Math.min(Math.max(wanted, sampling.minFrames), sampling.maxFrames, total);
  if (count === 1) return [0];
  const step = (total - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => (i === count - 1 ? total - 1 : roundHalfEven(i * step)));
}

/**
 * The time of each temporal group in seconds: the mean of the times of its first and its last frame. The last frame is
 * repeated until the groups are full. `indices` are frame numbers of the source at `fps`.
 */
export function groupTimestamps(
  indices: readonly number[],
  fps: number,
  temporalPatchSize: number,
): number[] {
  if (!(fps > 0)) fail('bad-request', 'A clip needs the frame rate of its source.');
  const seconds = (i: number): number => indices[Math.min(i, indices.length - 1)]! / fps;
  return Array.from({ length: Math.ceil(indices.length / temporalPatchSize) }, (_, group) => {
    const first = group * temporalPatchSize;
    return (seconds(first) + seconds(first + temporalPatchSize - 1)) / 2;
  });
}
