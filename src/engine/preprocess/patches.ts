// Turns pixels into patches: normalises them, and lays them out as the vision encoder reads them (transformers
// image_processing_qwen2_vl.py and video_processing_qwen3_vl.py, patchify).

import { fail } from '../../failure.ts';
import type { RgbImage, VisionInput } from '../photo/photo.ts';

export interface PatchGeometry {
  patchSize: number;
  /** The number of consecutive frames that share a patch. */
  temporalPatchSize: number;
  /** Patches per side of a merge block; its mergeSize² patches are neighbours in the output. */
  mergeSize: number;
}

/** normalised = (u8 − mean) / std, both per channel in units of 0–255. */
export interface Normalization {
  mean: readonly [red: number, green: number, blue: number];
  std: readonly [red: number, green: number, blue: number];
}

/**
 * Frames of equal size, in time order; a picture is one frame. The last frame is repeated until the
 * temporal patches are full, so a picture fills its patch by itself.
 *
 * Patch order: temporal group, block row, block column, row in block, column in block.
 * Feature order within a patch: channel, frame in group, y, x.
 */
export function patchify(
  frames: readonly RgbImage[],
  { patchSize, temporalPatchSize, mergeSize }: PatchGeometry,
  normalization: Normalization,
): VisionInput {
  const first = frames[0];
  if (first === undefined) fail('bad-request', 'A clip needs at least one frame.');
  const { width, height } = first;
  if (frames.some((frame) => frame.width !== width || frame.height !== height)) {
    fail('bad-request', 'The frames of a clip must have one size.');
  }
  const block = patchSize * mergeSize;
  if (width % block !== 0 || height % block !== 0) {
    fail('bug', `A picture of ${width}×${height} does not divide into blocks of ${block} pixels.`);
  }
  const grid = {
    frames: Math.ceil(frames.length / temporalPatchSize),
    height: height / patchSize,
    width: width / patchSize,
  };
  const area = patchSize * patchSize;
  const features = 3 * temporalPatchSize * area;
  const patches = new Float32Array(grid.frames * grid.height * grid.width * features);
  const levels = normalizedLevels(normalization);
  let at = 0;
  for (let group = 0; group < grid.frames; group++) {
    for (let top = 0; top < height; top += block) {
      for (let left = 0; left < width; left += block) {
        for (let y = top; y < top + block; y += patchSize) {
          for (let x = left; x < left + block; x += patchSize) {
            for (let tau = 0; tau < temporalPatchSize; tau++) {
              const frame = frames[Math.min(group * temporalPatchSize + tau, frames.length - 1)]!;
              writePatch(patches, at + tau * area, temporalPatchSize * area, frame, x, y, patchSize, levels);
            }
            at += features;
          }
        }
      }
    }
  }
  return { grid, patches };
}

/** Writes one frame's square of pixels: channel c starts at `at + c · channelStride`. */
function writePatch(
  patches: Float32Array,
  at: number,
  channelStride: number,
  frame: RgbImage,
  x: number,
  y: number,
  patchSize: number,
  levels: Float32Array,
): void {
  const { data, width } = frame;
  for (let row = 0; row < patchSize; row++) {
    let from = ((y + row) * width + x) * 3;
    const to = at + row * patchSize;
    for (let column = 0; column < patchSize; column++, from += 3) {
      patches[to + column] = levels[data[from]!]!;
      patches[to + channelStride + column] = levels[256 + data[from + 1]!]!;
      patches[to + 2 * channelStride + column] = levels[512 + data[from + 2]!]!;
    }
  }
}

/** The normalised value of each of the 256 levels, for each channel, in float32 arithmetic like the reference's. */
function normalizedLevels({ mean, std }: Normalization): Float32Array {
  return Float32Array.from({ length: 3 * 256 }, (_, i) => {
    const channel = i >> 8;
    return Math.fround((i & 255) - mean[channel]!) / std[channel]!;
  });
}
