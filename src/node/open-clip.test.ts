import sharp from 'sharp';
import { expect, test } from 'vitest';
import { clipFrames } from '../engine/clip/clip-frames.ts';
import { decodePhoto } from './decode-photo.ts';
import { openClip } from './open-clip.ts';

const never = new AbortController().signal;
const LEVELS = [10, 90, 170, 250];

/** An animated picture with grey frames of these levels, 100 ms each by default. */
async function animated(levels: number[], delay = levels.map(() => 100)): Promise<Blob> {
  const raw = Buffer.concat(levels.map((level) => Buffer.alloc(8 * 6 * 3, level)));
  const size = { width: 8, height: 6 * levels.length, channels: 3 as const, pageHeight: 6 };
  const webp = sharp(raw, { raw: size }).webp({ lossless: true, delay });
  return new Blob([new Uint8Array(await webp.toBuffer())]);
}

test('an animated picture gives the requested frames, to the pixel', async () => {
  const clip = await openClip(await animated(LEVELS));
  if (clip === undefined) return expect.fail('It is animated.');
  expect(clip).toMatchObject({ width: 8, height: 6, frameCount: 4, fps: 10 });
  const seen: number[] = [];
  for await (const { width, height, data } of clip.read([1, 3], never)) {
    expect([width, height, new Set(data).size]).toEqual([8, 6, 1]);
    seen.push(data[0] ?? -1);
  }
  expect(seen).toEqual([90, 250]);
});

test('a frame counts for as long as it is shown', async () => {
  const clip = { type: 'video' as const, clip: await animated(LEVELS, [500, 3000, 300, 200]) };
  const sampling = { fps: 2, minFrames: 4, maxFrames: 768 };
  const decoders = { photo: decodePhoto, clip: openClip };
  const { frames, indices, fps } = await clipFrames(clip, sampling, decoders, never);
  const seen: number[] = [];
  for await (const { data } of frames) seen.push(data[0] ?? -1);
  // The clip lasts 4 seconds, sampled at 2 frames per second; the second picture is shown from 0.5 to 3.5 seconds.
  expect(seen).toEqual([10, 90, 90, 90, 90, 90, 90, 250]);
  expect(indices.map((index) => index / fps)).toEqual([0, 0.6, 1.1, 1.7, 2.2, 2.8, 3.3, 3.9]);
});

test('a still picture is no clip', async () => {
  expect(await openClip(await animated([10]))).toBeUndefined();
});
