import sharp from 'sharp';
import { expect, test } from 'vitest';
import { openClip } from './open-clip.ts';

const never = new AbortController().signal;
const LEVELS = [10, 90, 170, 250];

/** Grey frames of these levels, 100 ms each. */
async function animated(levels: number[]): Promise<Blob> {
  const raw = Buffer.concat(levels.map((level) => Buffer.alloc(8 * 6 * 3, level)));
  const size = { width: 8, height: 6 * levels.length, channels: 3 as const, pageHeight: 6 };
  const webp = sharp(raw, { raw: size }).webp({ lossless: true, delay: levels.map(() => 100) });
  return new Blob([new Uint8Array(await webp.toBuffer())]);
}

test('an animated picture gives the frames that are asked for, to the pixel', async () => {
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

test('a picture that stands still is no clip', async () => {
  expect(await openClip(await animated([10]))).toBeUndefined();
});
