// Compares sizes with those of the reference (transformers 5.17, smart_resize of the picture and of the video
// processor). The rows with halves are those that Math.round gets wrong.

import { describe, expect, test } from 'vitest';
import { roundHalfEven } from './round-half-even.ts';
import { smartResize, smartResizeClip } from './smart-resize.ts';

const PUBLISHED = { minPixels: 65536, maxPixels: 16777216 };
const MODEST = { minPixels: 65536, maxPixels: 1280 * 32 * 32 };
const CLIP = { minPixels: 4096, maxPixels: 25165824 };

test('halves go to the even neighbour', () => {
  expect([0.5, 1.5, 2.5, 3.5, -0.5, -1.5, 2.4999, 2.5001].map(roundHalfEven)).toEqual([
    0, 2, 2, 4, 0, -2, 2, 3,
  ]);
});

describe('pictures with the published budget', () => {
  test.each([
    [224, 224, 256, 256],
    [240, 320, 256, 320],
    [360, 540, 352, 544],
    [480, 640, 480, 640],
    [400, 1040, 384, 1024],
    [656, 1008, 640, 1024],
    [80, 4000, 64, 4000],
    [720, 1280, 704, 1280],
    [1000, 1000, 992, 992],
    [1080, 1920, 1088, 1920],
    [1170, 2532, 1184, 2528],
    [2160, 3840, 2176, 3840],
    [3024, 4032, 3008, 4032],
    [6000, 8000, 3520, 4704],
    [16, 500, 64, 1440],
  ])('%i × %i becomes %i × %i', (height, width, toHeight, toWidth) => {
    const size = smartResize({ height, width }, 32, PUBLISHED);
    expect(size).toEqual({ height: toHeight, width: toWidth });
    expect(smartResize({ height: width, width: height }, 32, PUBLISHED)).toEqual({
      height: toWidth,
      width: toHeight,
    });
  });
});

describe('pictures of at most 1280 tokens', () => {
  test.each([
    [1080, 1920, 832, 1504],
    [1170, 2532, 768, 1664],
    [2160, 3840, 832, 1504],
    [3024, 4032, 960, 1312],
  ])('%i × %i becomes %i × %i', (height, width, toHeight, toWidth) => {
    expect(smartResize({ height, width }, 32, MODEST)).toEqual({ height: toHeight, width: toWidth });
  });
});

// smart_resize(height, width, 32, min_pixels, max_pixels) of transformers 4.57.6.
describe('pictures whose smallest area is above the largest', () => {
  test.each([
    [100, 100, 65536, 16384, 256, 256],
    [1000, 800, 65536, 16384, 128, 96],
    [60, 300, 200000, 50000, 224, 1024],
    [31, 40, 1048576, 1024, 928, 1184],
    [2000, 10, 4096, 2048, 928, 32],
  ])(
    '%i × %i, from %i to %i pixels, becomes %i × %i',
    (height, width, minPixels, maxPixels, toHeight, toWidth) => {
      const size = smartResize({ height, width }, 32, { minPixels, maxPixels });
      expect(size).toEqual({ height: toHeight, width: toWidth });
    },
  );
});

describe('clips with the published budget', () => {
  test.each([
    [20, 1080, 1920, 832, 1472],
    [60, 720, 1280, 480, 832],
    [120, 720, 1280, 320, 608],
    [768, 720, 1280, 128, 224],
    [4, 360, 640, 352, 640],
  ])('%i frames of %i × %i become %i × %i', (frames, height, width, toHeight, toWidth) => {
    const size = smartResizeClip(frames, { height, width }, 32, 2, CLIP);
    expect(size).toEqual({ height: toHeight, width: toWidth });
  });

  test.each([
    [5, 20, 100, 32, 160],
    [3, 50, 70, 64, 64],
    [7, 33, 31, 32, 32],
    [5, 16, 16, 32, 32],
    [9, 48, 80, 64, 64],
    [769, 480, 640, 128, 192],
  ])('%i small or odd frames of %i × %i become %i × %i', (frames, height, width, toHeight, toWidth) => {
    const size = smartResizeClip(frames, { height, width }, 32, 2, CLIP);
    expect(size).toEqual({ height: toHeight, width: toWidth });
  });
});

test('a picture more than 200 times as long as wide is refused, for clips after scaling up', () => {
  expect(smartResize({ height: 10, width: 2000 }, 32, PUBLISHED).width).toBeGreaterThan(0);
  expect(() => smartResize({ height: 10, width: 2001 }, 32, PUBLISHED)).toThrow(
    expect.objectContaining({ code: 'photo-too-narrow' }),
  );
  expect(() => smartResizeClip(4, { height: 10, width: 2010 }, 32, 2, CLIP)).toThrow(
    expect.objectContaining({ code: 'photo-too-narrow' }),
  );
});
