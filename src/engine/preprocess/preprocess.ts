// Turns decoded pixels into the input of the vision encoder: computes the size, resamples, cuts patches. Pictures and
// clips differ only in the rule for the size.

import { fail } from '../../failure.ts';
import { patchify, type PatchGeometry } from './patches.ts';
import { type RgbImage, type VisionInput, type Size } from '../photo/photo.ts';
import type { ImagePreprocessing, VideoPreprocessing } from './preprocessor-config.ts';
import { resizeBicubic } from './resample.ts';
import { smartResize, smartResizeClip, type PixelBudget } from './smart-resize.ts';

/** `budget` overrides the checkpoint's budget, for a coarser or finer reading of the picture. */
export function preprocessImage(
  image: RgbImage,
  { geometry, normalization, budget: own }: ImagePreprocessing,
  budget: PixelBudget = own,
): VisionInput {
  const size = smartResize(image, geometry.patchSize * geometry.mergeSize, budget);
  return patchify([resizeBicubic(image, size.height, size.width)], geometry, normalization);
}

/**
 * The checkpoint's budget, limited to pictures of `maxTokens` tokens. Fails with 'bad-request' if `maxTokens`
 * is below one.
 */
export function tokenBudget({ geometry, budget }: ImagePreprocessing, maxTokens: number): PixelBudget {
  return limited(geometry, budget, maxTokens, 1);
}

/** Like tokenBudget, for a clip: each group of frames that the model reads together counts as a picture. */
export function clipTokenBudget(
  { geometry, budget }: VideoPreprocessing,
  frameCount: number,
  maxTokens: number,
): PixelBudget {
  const { temporalPatchSize } = geometry;
  const frames = Math.ceil(frameCount / temporalPatchSize) * temporalPatchSize;
  return limited(geometry, budget, maxTokens, frames);
}

function limited(
  geometry: PatchGeometry,
  budget: PixelBudget,
  maxTokens: number,
  frames: number,
): PixelBudget {
  if (!(maxTokens >= 1)) fail('bad-request', `A picture of at most ${maxTokens} tokens cannot be read.`);
  const side = geometry.patchSize * geometry.mergeSize;
  const maxPixels = Math.min(budget.maxPixels, Math.floor(maxTokens) * side * side * frames);
  return { minPixels: Math.min(budget.minPixels, maxPixels), maxPixels };
}

/**
 * Takes `frameCount` frames in time order, all of one size, and keeps only their resized copies. `budget`
 * counts the pixels of all frames together. Fails with 'bad-request'.
 */
export async function preprocessClip(
  frameCount: number,
  frames: AsyncIterable<RgbImage> | Iterable<RgbImage>,
  config: VideoPreprocessing,
  budget: PixelBudget = config.budget,
): Promise<VisionInput> {
  const { patchSize, mergeSize, temporalPatchSize } = config.geometry;
  const factor = patchSize * mergeSize;
  const resized: RgbImage[] = [];
  let first: Size | undefined;
  for await (const frame of frames) {
    const { width, height } = (first ??= { width: frame.width, height: frame.height });
    if (frame.width !== width || frame.height !== height) {
      fail('bad-request', 'The frames of a clip differ in size.');
    }
    const size = smartResizeClip(
      // The reference has no size for a clip shorter than one temporal patch; here the clip's last frame is repeated.
      Math.max(frameCount, temporalPatchSize),
      first,
      factor,
      temporalPatchSize,
      config.capPixelsPerFrame ? cappedBudget(frameCount, factor, config.maxVideoTokens, budget) : budget,
    );
    resized.push(resizeBicubic(frame, size.height, size.width));
  }
  return patchify(resized, config.geometry, config.normalization);
}

/**
 * Limits each frame to maxTokens or to its share of the clip's budget, whichever is smaller, but never below 1.05 times
 * the minimum.
 */
function cappedBudget(frames: number, factor: number, maxTokens: number, budget: PixelBudget): PixelBudget {
  const cap = Math.min(maxTokens * factor * factor, Math.floor(budget.maxPixels / frames));
  const perFrame = Math.max(cap, Math.trunc(budget.minPixels * 1.05));
  return { minPixels: budget.minPixels, maxPixels: perFrame * frames };
}
