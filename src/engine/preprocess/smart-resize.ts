// The size of a picture or clip before it is cut into patches: both sides are multiples of `factor` (patch · merge),
// and the area stays within a budget. Every rounding is the reference's (transformers image_processing_qwen2_vl.py and
// video_processing_qwen3_vl.py, smart_resize), in float64 and in the same order, because a difference in one rounding
// would move every patch.

import { checkAspect, type Size } from '../photo/photo.ts';
import { roundHalfEven } from './round-half-even.ts';

/** Limits for the area in pixels; for a clip, the area is that of all its frames together. */
export interface PixelBudget {
  minPixels: number;
  maxPixels: number;
}

/** Fails with 'photo-too-narrow' if one side is more than 200 times the other. */
export function smartResize({ height, width }: Size, factor: number, budget: PixelBudget): Size {
  checkAspect(height, width);
  const snapped = { height: snap(height, factor), width: snap(width, factor) };
  const area = snapped.height * snapped.width;
  if (area > budget.maxPixels) return shrink(height, width, factor, height * width, budget.maxPixels);
  if (area < budget.minPixels) return grow(height, width, factor, height * width, budget.minPixels);
  return snapped;
}

/**
 * The rule for clips: the budget applies to all frames together. If a side is smaller than `factor`, the clip is first
 * scaled up so that the side equals it.
 */
export function smartResizeClip(
  frames: number,
  size: Size,
  factor: number,
  temporalFactor: number,
  budget: PixelBudget,
): Size {
  let { height, width } = size;
  if (height < factor || width < factor) {
    const scale = Math.max(factor / height, factor / width);
    height = Math.trunc(height * scale);
    width = Math.trunc(width * scale);
  }
  checkAspect(height, width);
  const snapped = { height: snap(height, factor), width: snap(width, factor) };
  const volume = snap(frames, temporalFactor) * snapped.height * snapped.width;
  const source = frames * height * width;
  if (volume > budget.maxPixels) return shrink(height, width, factor, source, budget.maxPixels);
  if (volume < budget.minPixels) return grow(height, width, factor, source, budget.minPixels);
  return snapped;
}

function snap(length: number, factor: number): number {
  return roundHalfEven(length / factor) * factor;
}

function shrink(height: number, width: number, factor: number, pixels: number, maxPixels: number): Size {
  const beta = Math.sqrt(pixels / maxPixels);
  return {
    height: Math.max(factor, Math.floor(height / beta / factor) * factor),
    width: Math.max(factor, Math.floor(width / beta / factor) * factor),
  };
}

function grow(height: number, width: number, factor: number, pixels: number, minPixels: number): Size {
  const beta = Math.sqrt(minPixels / pixels);
  return {
    height: Math.ceil((height * beta) / factor) * factor,
    width: Math.ceil((width * beta) / factor) * factor,
  };
}
