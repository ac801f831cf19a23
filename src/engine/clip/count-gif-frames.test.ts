import sharp from 'sharp';
import { expect, test } from 'vitest';
import { countGifFrames } from './count-gif-frames.ts';

async function gif(frames: number): Promise<Uint8Array> {
  const height = 24;
  const pixels = Buffer.alloc(32 * height * frames * 3);
  for (let at = 0; at < pixels.length; at++) pixels[at] = (at * 7919) % 251;
  const raw = { width: 32, height: height * frames, channels: 3, pageHeight: height } as const;
  return sharp(pixels, { raw })
    .gif({ delay: Array<number>(frames).fill(100) })
    .toBuffer();
}

test('frames are counted up to the given number', async () => {
  expect(countGifFrames(await gif(1), 9)).toBe(1);
  const moving = await gif(5);
  expect(countGifFrames(moving, 9)).toBe(5);
  expect(countGifFrames(moving, 2)).toBe(2);
});

test('a file that ends early, or holds nonsense, ends the count', async () => {
  const moving = await gif(5);
  expect(countGifFrames(moving.subarray(0, moving.length / 2), 9)).toBeLessThan(5);
  expect(countGifFrames(new Uint8Array(), 9)).toBe(0);
  expect(countGifFrames(new Uint8Array(4096).fill(255), 9)).toBe(0);
});
