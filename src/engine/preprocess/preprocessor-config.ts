// The preprocessing that a checkpoint requires for pictures and clips, parsed from its own files. transformers 4 wrote
// preprocessor_config.json and video_preprocessor_config.json; transformers 5 nests both in processor_config.json,
// which takes precedence. Defaults are those of the reference's processor classes (image_processing_qwen2_vl.py,
// video_processing_qwen3_vl.py).

import { fail } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import type { Normalization, PatchGeometry } from './patches.ts';
import type { PixelBudget } from './smart-resize.ts';

export interface ImagePreprocessing {
  geometry: PatchGeometry;
  normalization: Normalization;
  budget: PixelBudget;
}

export interface VideoPreprocessing extends ImagePreprocessing {
  /** Frames per second that sampling aims at. */
  fps: number;
  minFrames: number;
  maxFrames: number;
  /**
   * Whether each frame is limited to maxVideoTokens merged tokens or to its share of the clip's budget, whichever is
   * smaller.
   */
  capPixelsPerFrame: boolean;
  maxVideoTokens: number;
}

/** Parsed JSON of the checkpoint's files; undefined for a file that the checkpoint lacks. */
export interface PreprocessorFiles {
  /** preprocessor_config.json */
  image?: unknown;
  /** video_preprocessor_config.json */
  video?: unknown;
  /** processor_config.json */
  processor?: unknown;
}

type Triple = [red: number, green: number, blue: number];

/** The reference's pixel library's number for bicubic resampling. The models were trained with no other kind. */
const BICUBIC = 3;

interface Defaults {
  patchSize: number;
  minPixels: number;
  maxPixels: number;
  mean: Triple;
  std: Triple;
}

const IMAGE_DEFAULTS: Defaults = {
  patchSize: 14,
  minPixels: 56 * 56,
  maxPixels: 28 * 28 * 1280,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

const VIDEO_DEFAULTS: Defaults = {
  patchSize: 16,
  minPixels: 128 * 32 * 32,
  maxPixels: 768 * 32 * 32,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};

const MOST_MIN_PIXELS = 1 << 25;

/** Fails with 'bad-checkpoint', naming file and field, or 'missing-file' when no file is there. */
export function parsePreprocessing(files: PreprocessorFiles): {
  image: ImagePreprocessing;
  video: VideoPreprocessing;
} {
  const processor = root(files.processor ?? {}, 'processor_config.json');
  const image =
    processor.optional('image_processor') ??
    (files.image === undefined ? undefined : root(files.image, 'preprocessor_config.json'));
  if (image === undefined) fail('missing-file', 'The checkpoint has no preprocessor_config.json.');
  const video =
    processor.optional('video_processor') ??
    (files.video === undefined ? image : root(files.video, 'video_preprocessor_config.json'));
  return { image: parseCommon(image, IMAGE_DEFAULTS), video: parseVideo(video) };
}

/** Fails with 'bad-checkpoint' unless the preprocessor cuts patches of the shape that the vision encoder expects. */
export function requireGeometry(cut: PatchGeometry, vision: PatchGeometry): void {
  const described = ({ patchSize, temporalPatchSize, mergeSize }: PatchGeometry): string =>
    `patches of ${patchSize} pixels and ${temporalPatchSize} frames, merged by ${mergeSize}`;
  if (described(cut) === described(vision)) return;
  fail(
    'bad-checkpoint',
    `The preprocessor's files ask for ${described(cut)}; the vision_config of config.json for ${described(vision)}.`,
  );
}

function root(json: unknown, file: string): Field {
  return new Field(json, `${file}: `, 'bad-checkpoint');
}

function parseVideo(config: Field): VideoPreprocessing {
  return {
    ...parseCommon(config, VIDEO_DEFAULTS),
    fps: positive(config.optional('fps'), 2),
    minFrames: config.optional('min_frames')?.integer(1) ?? 4,
    maxFrames: config.optional('max_frames')?.integer(1) ?? 768,
    capPixelsPerFrame: config.optional('cap_pixels_per_frame')?.boolean() ?? false,
    maxVideoTokens: config.optional('max_video_tokens')?.integer(1) ?? 768,
  };
}

function parseCommon(config: Field, defaults: Defaults): ImagePreprocessing {
  const resizes = config.optional('do_resize');
  if (resizes?.boolean() === false) resizes.fail('is false, but pictures are always resized');
  config.optional('resample')?.integer(BICUBIC, BICUBIC);
  return {
    geometry: {
      patchSize: config.optional('patch_size')?.integer(1) ?? defaults.patchSize,
      temporalPatchSize: config.optional('temporal_patch_size')?.integer(1) ?? 2,
      mergeSize: config.optional('merge_size')?.integer(1) ?? 2,
    },
    normalization: parseNormalization(config, defaults),
    budget: parseBudget(config, defaults),
  };
}

/**
 * `size` gives areas in pixels, whatever its fields are called; min_pixels and max_pixels override it. The smallest
 * area may exceed the largest; smartResize then follows the reference.
 */
function parseBudget(config: Field, defaults: Defaults): PixelBudget {
  const size = config.optional('size');
  const least = config.optional('min_pixels') ?? size?.at('shortest_edge');
  const minPixels = positive(least, defaults.minPixels);
  // The vision encoder would have to read every picture at this area, since smaller ones are scaled up to it.
  if (minPixels > MOST_MIN_PIXELS) least?.fail(`is ${minPixels}; at most ${MOST_MIN_PIXELS} is read`);
  return {
    minPixels,
    maxPixels: positive(config.optional('max_pixels') ?? size?.at('longest_edge'), defaults.maxPixels),
  };
}

/** Folds the rescaling into mean and std, and rounds to float32 at the same steps as the reference. */
function parseNormalization(config: Field, defaults: Defaults): Normalization {
  const rescales = config.optional('do_rescale')?.boolean() ?? true;
  const normalizes = config.optional('do_normalize')?.boolean() ?? true;
  const unit = rescales ? 1 / positive(config.optional('rescale_factor'), 1 / 255) : 1;
  const scaled = (value: number): number => Math.fround(Math.fround(value) * Math.fround(unit));
  const mean: Triple = normalizes ? triple(config.optional('image_mean'), defaults.mean) : [0, 0, 0];
  const std: Triple = normalizes ? triple(config.optional('image_std'), defaults.std) : [1, 1, 1];
  return { mean: mapTriple(mean, scaled), std: mapTriple(std, scaled) };
}

function triple(field: Field | undefined, fallback: Triple): Triple {
  if (field === undefined) return fallback;
  const [red, green, blue] = field.items(3).map(number);
  return [red!, green!, blue!];
}

function mapTriple([red, green, blue]: Triple, map: (value: number) => number): Triple {
  return [map(red), map(green), map(blue)];
}

function positive(field: Field | undefined, fallback: number): number {
  if (field === undefined) return fallback;
  const value = number(field);
  return value > 0 ? value : field.fail(`must be above zero, not ${value}`);
}

function number(field: Field): number {
  const { value } = field;
  return typeof value === 'number' && Number.isFinite(value) ? value : field.fail('must be a number');
}
