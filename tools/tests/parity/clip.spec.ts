// Tests clips in a real browser: which frames of a file a model receives, with which timestamps and colours. Lossless
// clips must equal their separate frames to the pixel; other tests compare such frames with the reference.

import { expect, test, type Page } from '@playwright/test';
import type { Buffer } from 'node:buffer';
import sharp from 'sharp';
import {
  evenly,
  HEIGHT,
  makeAnimation,
  makeClip,
  WIDTH,
  type Recipe,
  type Rgb,
} from '../../../e2e/make-clip.ts';
import type { ClipSeen } from './harness.ts';

/** The frame rate of the clips. The fixture's video processor samples 2 frames per second, at least 4 frames. */
const FPS = 10;
/**
 * Three seconds in which each frame has its own colour. The colours differ strongly in chroma, so that an encoder's
 * rounding is small in comparison.
 */
const COLOURS: Rgb[] = Array.from({ length: 30 }, (_, i) => [20 + 7 * i, 230 - 7 * i, 40 + 5 * (i % 10)]);
/** linspace(0, 29, 6), rounded as the reference rounds it. */
const SAMPLED = [0, 6, 12, 17, 23, 29];
/** The mean time of each pair of frames, in seconds. */
const TIMES = [0.3, 1.45, 2.6];

test.beforeEach(async ({ page }) => {
  await page.goto('/');
});

function seen(page: Page, file: Buffer): Promise<ClipSeen> {
  return page.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return window.harness.seen({ type: 'video', clip: new Blob([bytes]) });
  }, file.toString('base64'));
}

/** Asks about the same frames, given as a clip of extracted pictures as users may make them. */
async function seenAsFrames(page: Page, indices: number[], fps: number): Promise<ClipSeen> {
  const frames = await Promise.all(
    indices.map(async (index) => {
      const [r, g, b] = COLOURS[index]!;
      const create = { width: WIDTH, height: HEIGHT, channels: 3 as const, background: { r, g, b } };
      return (await sharp({ create }).png().toBuffer()).toString('base64');
    }),
  );
  return page.evaluate(
    (part) => {
      const blobs = part.frames.map(
        (base64) => new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]),
      );
      return window.harness.seen({ type: 'video', fps: part.fps, indices: part.indices, frames: blobs });
    },
    { frames, indices, fps },
  );
}

function expectSeen(
  { timestamps, colours, grid }: ClipSeen,
  tolerance: number,
  { sampled = SAMPLED, times = TIMES } = {},
): void {
  expect(grid.frames).toBe(3);
  expect(timestamps).toHaveLength(times.length);
  timestamps.forEach((seconds, group) => expect(seconds).toBeCloseTo(times[group]!, 2));
  const furthest = sampled.map((index, at) =>
    Math.max(...COLOURS[index]!.map((value, channel) => Math.abs(value - colours[at]![channel]!))),
  );
  console.log(`colours are off by ${furthest.join(', ')}`);
  expect(Math.max(...furthest)).toBeLessThanOrEqual(tolerance);
}

for (const format of ['webp', 'png', 'gif'] as const) {
  test(`the model sees an animated ${format} like its separate frames, to the pixel`, async ({ page }) => {
    const delays = COLOURS.map(() => 1000 / FPS);
    const clip = await seen(page, await makeAnimation(COLOURS, delays, format));
    expectSeen(clip, 0);
    expect(clip).toEqual(await seenAsFrames(page, SAMPLED, FPS));
  });
}

const RECIPES: Recipe[] = [
  { container: 'webm', codec: 'vp8', ...evenly(COLOURS, FPS) },
  { container: 'webm', codec: 'vp09.00.10.08', keyEvery: 7, ...evenly(COLOURS, FPS) },
  { container: 'mp4', codec: 'vp09.00.10.08', keyEvery: 12, ...evenly(COLOURS, FPS) },
  { container: 'mp4', codec: 'avc1.42001f', keyEvery: 12, ...evenly(COLOURS, FPS) },
];

for (const recipe of RECIPES) {
  test(`the model sees the sampled frames of ${recipe.codec} in ${recipe.container} with their times`, async ({
    page,
  }) => {
    const isThere = await page.evaluate(
      async (codec) =>
        (await VideoEncoder.isConfigSupported({ codec, width: 96, height: 64 })).supported === true,
      recipe.codec,
    );
    test.skip(!isThere, 'This browser does not encode it.');
    expectSeen(await seen(page, await makeClip(page, recipe)), 6);
  });
}

test('frames at uneven distances count for as long as they are shown', async ({ page }) => {
  // Half of the frames lie within the first half second.
  const at = (index: number): number => (index < 15 ? index / 30 : 0.5 + (index - 15) / 6);
  const frames = COLOURS.map((colour, index) => ({ at: at(index), colour }));
  const recipe: Recipe = { container: 'mp4', codec: 'vp09.00.10.08', frames, last: 1 / 6 };
  // The frames sampled at 0, 0.6, 1.2, 1.8, 2.4 and 3 seconds.
  const seenAt = { sampled: [0, 15, 19, 22, 26, 29], times: [0.3, 1.5, 2.7] };
  expectSeen(await seen(page, await makeClip(page, recipe)), 6, seenAt);
});

test('a VP9 video without a level, such as Chromium records, can be read', async ({ page }) => {
  const file = await makeClip(page, { container: 'mp4', codec: 'vp09.00.10.08', ...evenly(COLOURS, FPS) });
  // After the name of the box come version and flags (4 bytes), the profile, and the level.
  const level = file.indexOf('vpcC') + 9;
  expect(file[level]).toBe(10);
  file[level] = 0;
  expectSeen(await seen(page, file), 6);
});

test('the model sees a clip upright if players would turn it', async ({ page }) => {
  const white: Rgb[] = Array.from({ length: 8 }, () => [255, 255, 255]);
  const turned = { rotation: 90, halfBlack: true, ...evenly(white, FPS) } as const;
  const clip = await seen(
    page,
    await makeClip(page, { container: 'mp4', codec: 'vp09.00.10.08', ...turned }),
  );
  expect(clip.grid.height).toBeGreaterThan(clip.grid.width);
  // The left half is now on top. Without the rotation, the upper half would be grey.
  expect(Math.max(...clip.upper)).toBeLessThan(60);
});
