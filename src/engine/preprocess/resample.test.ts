// Compares the results with those of torchvision 0.29 on torch 2.15, CPU, uint8: `resize(picture, [height, width],
// interpolation=BICUBIC, antialias=True)`. The expected hashes are the first 16 digits of the SHA-256 of the result's
// (height, width, 3) bytes. The results must be equal, not merely close.

import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RgbImage } from '../photo/photo.ts';
import { resizeBicubic } from './resample.ts';

/** Byte i is the top byte of i · 2654435761 mod 2³². */
function noise(height: number, width: number): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => Math.imul(i, 2654435761) >>> 24);
  return { width, height, data };
}

/** (x² + 3y² + xy(c + 1)) / 8, rounded down, mod 256. */
function waves(height: number, width: number): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    return (x * x + 3 * y * y + x * y * (c + 1)) >> 3;
  });
  return { width, height, data };
}

describe('resizing equals the reference', () => {
  test.each([
    ['noise', 37, 53, 64, 96, '067e329a9a5e10fb'],
    ['waves', 37, 53, 64, 96, '58c8fe008d04ed87'],
    ['noise', 101, 67, 32, 32, 'ace55c21fffe907f'],
    ['waves', 101, 67, 32, 32, '7b5a8c386b7b6229'],
    ['noise', 64, 64, 96, 64, 'b10a0f45d03c0e7c'],
    ['waves', 64, 64, 96, 64, 'd308f8dbc5dac1a6'],
    ['noise', 64, 64, 64, 32, '29a1600f156ee4e5'],
    ['waves', 64, 64, 64, 32, '58bc820496029ece'],
    ['noise', 7, 5, 32, 64, '344a382e9429dea6'],
    ['waves', 7, 5, 32, 64, '9b0cbca644061c5b'],
    ['noise', 480, 641, 352, 480, 'c34ad7bfa73cc992'],
    ['noise', 33, 1000, 32, 992, 'cbcefc34e5a4c47f'],
    ['waves', 33, 1000, 32, 992, 'fdea99bbfc1c889b'],
    ['noise', 200, 3, 224, 32, '0ed5d109e2584d9f'],
    ['waves', 200, 3, 224, 32, 'c4946a098022acc6'],
    ['noise', 1, 1, 32, 32, 'a0365e85e6627be3'],
    ['waves', 1, 1, 32, 32, 'e80232b4d18d0bb7'],
    ['noise', 299, 31, 32, 64, 'cc4813ffc35d90d6'],
    ['waves', 299, 31, 32, 64, '9de1a4876daeb8ec'],
    ['noise', 768, 1024, 160, 192, 'd06769ae301e8be0'],
  ] as const)('%s of %i × %i to %i × %i', (kind, height, width, toHeight, toWidth, expected) => {
    const source = kind === 'noise' ? noise(height, width) : waves(height, width);
    const resized = resizeBicubic(source, toHeight, toWidth);
    expect(resized).toMatchObject({ height: toHeight, width: toWidth });
    expect(createHash('sha256').update(resized.data).digest('hex').slice(0, 16)).toBe(expected);
  });
});

test('a picture of the wanted size is returned as it is', () => {
  const picture = noise(5, 7);
  expect(resizeBicubic(picture, 5, 7)).toBe(picture);
});
