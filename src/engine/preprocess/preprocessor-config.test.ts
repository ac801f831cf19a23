import { expect, test } from 'vitest';
import { parsePreprocessing, requireGeometry } from './preprocessor-config.ts';

const IMAGE = {
  size: { shortest_edge: 65536, longest_edge: 16777216 },
  patch_size: 16,
  temporal_patch_size: 2,
  merge_size: 2,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.5, 0.5, 0.5],
};
const VIDEO = { ...IMAGE, size: { shortest_edge: 4096, longest_edge: 25165824 } };

test('the published files are read, and missing fields get the reference’s defaults', () => {
  const { image, video } = parsePreprocessing({ image: IMAGE, video: VIDEO });
  expect(image).toEqual({
    geometry: { patchSize: 16, temporalPatchSize: 2, mergeSize: 2 },
    normalization: { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] },
    budget: { minPixels: 65536, maxPixels: 16777216 },
  });
  expect(video).toMatchObject({
    budget: { minPixels: 4096, maxPixels: 25165824 },
    fps: 2,
    minFrames: 4,
    maxFrames: 768,
    capPixelsPerFrame: false,
  });
});

test('processor_config.json, in which transformers 5 nests both, takes precedence over the other files', () => {
  const processor = {
    image_processor: { ...IMAGE, patch_size: 8 },
    video_processor: { ...VIDEO, patch_size: 4 },
  };
  const { image, video } = parsePreprocessing({ image: IMAGE, video: VIDEO, processor });
  expect([image.geometry.patchSize, video.geometry.patchSize]).toEqual([8, 4]);
  expect(parsePreprocessing({ processor }).image.geometry.patchSize).toBe(8);
  // Older files of that name hold only the processor's class.
  const older = parsePreprocessing({ image: IMAGE, processor: { processor_class: 'Qwen3VLProcessor' } });
  expect(older.image.geometry.patchSize).toBe(16);
});

test('clips are prepared like pictures if no file describes them', () => {
  expect(parsePreprocessing({ image: IMAGE }).video.budget).toEqual({
    minPixels: 65536,
    maxPixels: 16777216,
  });
});

test('min_pixels and max_pixels override size', () => {
  const { image } = parsePreprocessing({ image: { ...IMAGE, min_pixels: 1000, max_pixels: 2000 } });
  expect(image.budget).toEqual({ minPixels: 1000, maxPixels: 2000 });
});

test('a smallest area above the largest is taken as it is, as the reference does', () => {
  const { image, video } = parsePreprocessing({ image: { ...IMAGE, min_pixels: 3000, max_pixels: 2000 } });
  expect(image.budget).toEqual({ minPixels: 3000, maxPixels: 2000 });
  expect(video.budget).toEqual({ minPixels: 3000, maxPixels: 2000 });
});

test('the rescaling is folded into the normalisation, and either can be off', () => {
  const normalization = (fields: object): unknown =>
    parsePreprocessing({ image: { ...IMAGE, image_mean: [0.1, 0.2, 0.3], ...fields } }).image.normalization;
  expect(normalization({})).toMatchObject({
    mean: [0.1, 0.2, 0.3].map((value) => Math.fround(Math.fround(value) * 255)),
  });
  expect(normalization({ do_normalize: false })).toEqual({ mean: [0, 0, 0], std: [255, 255, 255] });
  expect(normalization({ do_rescale: false })).toMatchObject({ std: [0.5, 0.5, 0.5] });
});

test.each([
  [{ ...IMAGE, patch_size: 0 }, 'patch_size'],
  [{ ...IMAGE, image_mean: [1, 2] }, 'image_mean'],
  [{ ...IMAGE, do_resize: false }, 'do_resize'],
  [{ ...IMAGE, resample: 2 }, 'resample'],
  [[], 'preprocessor_config.json'],
])('a wrong value is named: %#', (image, field) => {
  expect(() => parsePreprocessing({ image })).toThrow(field);
  expect(() => parsePreprocessing({ image })).toThrow(expect.objectContaining({ code: 'bad-checkpoint' }));
});

test('a checkpoint without any of the files is incomplete', () => {
  expect(() => parsePreprocessing({})).toThrow(expect.objectContaining({ code: 'missing-file' }));
});

test('patches that the vision encoder does not read are refused', () => {
  const { geometry } = parsePreprocessing({ image: IMAGE }).image;
  expect(() => requireGeometry(geometry, geometry)).not.toThrow();
  expect(() => requireGeometry(geometry, { ...geometry, patchSize: 14 })).toThrow(/16 pixels.*14 pixels/);
});
