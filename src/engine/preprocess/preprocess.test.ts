// Tests the grid sizes and token budgets of `preprocessImage` and `preprocessClip`. The tests in src/node compare the
// pixels with the reference.

import { expect, test } from 'vitest';
import type { RgbImage } from '../photo/photo.ts';
import { clipTokenBudget, preprocessClip, preprocessImage, tokenBudget } from './preprocess.ts';
import { parsePreprocessing } from './preprocessor-config.ts';

const fields = { patch_size: 16, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
const { image, video } = parsePreprocessing({
  image: { ...fields, size: { shortest_edge: 65536, longest_edge: 16777216 } },
  video: { ...fields, size: { shortest_edge: 4096, longest_edge: 25165824 } },
});

function grey(height: number, width: number): RgbImage {
  return { width, height, data: new Uint8Array(height * width * 3).fill(255) };
}

test('a picture’s grid follows from the rounded size', () => {
  const { grid, patches } = preprocessImage(grey(400, 1040), image);
  expect(grid).toEqual({ frames: 1, height: 24, width: 64 });
  expect(patches).toHaveLength(24 * 64 * 1536);
  expect(patches.every((value) => value === 1)).toBe(true);
});

test('a smaller budget makes a smaller grid', () => {
  const budget = { minPixels: 4096, maxPixels: 64 * 32 * 32 };
  expect(preprocessImage(grey(480, 640), image, budget).grid).toEqual({ frames: 1, height: 12, width: 18 });
});

test('a limit of tokens makes the grid smaller, and never larger than the checkpoint’s own', () => {
  const tokens = (maxTokens: number): number => {
    const { grid } = preprocessImage(grey(960, 1280), image, tokenBudget(image, maxTokens));
    return (grid.height * grid.width) / 4;
  };
  expect(tokens(256)).toBe(13 * 18);
  expect(tokens(1)).toBe(1);
  expect(tokens(1e9)).toBe(30 * 40);
  expect(() => tokenBudget(image, 0)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});

test('a clip’s budget covers all its frames', async () => {
  const frames = Array.from({ length: 5 }, () => grey(90, 120));
  expect((await preprocessClip(5, frames, video)).grid).toEqual({ frames: 3, height: 6, width: 8 });
  const budget = { minPixels: 4096, maxPixels: 4 * 32 * 32 * 4 };
  expect((await preprocessClip(5, frames, video, budget)).grid).toEqual({ frames: 3, height: 2, width: 4 });
});

test('a limit of tokens applies to each group of a clip’s frames', async () => {
  const frames = Array.from({ length: 5 }, () => grey(320, 320));
  const { grid } = await preprocessClip(5, frames, video, clipTokenBudget(video, 5, 16));
  expect(grid).toEqual({ frames: 3, height: 8, width: 8 });
});

test('the cap limits each frame by itself', async () => {
  const frames = Array.from({ length: 4 }, () => grey(320, 320));
  const capped = { ...video, capPixelsPerFrame: true, maxVideoTokens: 16 };
  expect((await preprocessClip(4, frames, video)).grid).toMatchObject({ height: 20, width: 20 });
  // The cap is 16 tokens of 32 × 32 pixels; a cap below 1.05 times the clip's minimum per frame would be raised to
  // that.
  expect((await preprocessClip(4, frames, capped)).grid).toMatchObject({ height: 8, width: 8 });
});

test('a clip of one frame is one group', async () => {
  expect((await preprocessClip(1, [grey(64, 64)], video)).grid).toEqual({ frames: 1, height: 4, width: 4 });
  await expect(preprocessClip(0, [], video)).rejects.toMatchObject({ code: 'bad-request' });
  const odd = [grey(64, 64), grey(64, 96)];
  await expect(preprocessClip(2, odd, video)).rejects.toMatchObject({ code: 'bad-request' });
});
