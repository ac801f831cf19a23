// Decoded pixels → vision input: size, resampling, patches. Pictures and clips differ only in the
// rule for the size.

import { fail } from '../../failure.ts';
import { patchify } from './patches.ts';
import type { RgbImage, VisionInput } from './photo.ts';
import type { ImagePreprocessing, VideoPreprocessing } from './preprocessor-config.ts';
import { resizeBicubic } from './resample.ts';
import { smartResize, smartResizeClip, type PixelBudget } from './smart-resize.ts';

/** `budget` overrides the checkpoint's, for a coarser or finer reading of the picture. */
export function preprocessImage(
  image: RgbImage,
  { geometry, normalization, budget: own }: ImagePreprocessing,
  budget: PixelBudget = own,
): VisionInput {
  const size = smartResize(image, geometry.patchSize * geometry.mergeSize, budget);
  return patchify([resizeBicubic(image, size.height, size.width)], geometry, normalization);
}

/** The checkpoint's budget, with pictures of `maxTokens` tokens at most; fails with 'bad-request' below one. */
export function tokenBudget({ geometry, budget }: ImagePreprocessing, maxTokens: number): PixelBudget {
  if (!(maxTokens >= 1)) fail('bad-request', `A picture of at most ${maxTokens} tokens cannot be read.`);
  const side = geometry.patchSize * geometry.mergeSize;
  const maxPixels = Math.min(budget.maxPixels, Math.floor(maxTokens) * side * side);
  return { minPixels: Math.min(budget.minPixels, maxPixels), maxPixels };
}

/** Frames in time order, all of one size; `budget` counts the pixels of all frames together. */
export function preprocessClip(
  frames: readonly RgbImage[],
  config: VideoPreprocessing,
  budget: PixelBudget = config.budget,
): VisionInput {
  const { patchSize, mergeSize, temporalPatchSize } = config.geometry;
  const first = frames[0];
  if (first === undefined) fail('bad-request', 'A clip needs at least one frame.');
  const factor = patchSize * mergeSize;
  const size = smartResizeClip(
    // The reference cannot size a clip shorter than one temporal patch; its last frame is repeated.
    Math.max(frames.length, temporalPatchSize),
    first,
    factor,
    temporalPatchSize,
    config.capPixelsPerFrame ? cappedBudget(frames.length, factor, config.maxVideoTokens, budget) : budget,
  );
  const resized = frames.map((frame) => resizeBicubic(frame, size.height, size.width));
  return patchify(resized, config.geometry, config.normalization);
}

/** At most maxTokens per frame, or the frame's share of the clip; never under 1.05 of the minimum. */
function cappedBudget(frames: number, factor: number, maxTokens: number, budget: PixelBudget): PixelBudget {
  const cap = Math.min(maxTokens * factor * factor, Math.floor(budget.maxPixels / frames));
  const perFrame = Math.max(cap, Math.trunc(budget.minPixels * 1.05));
  return { minPixels: budget.minPixels, maxPixels: perFrame * frames };
}
