// Tests the order of patches and of the values in a patch (transformers, patchify). The examples are small enough to be
// counted by hand. src/node compares whole pictures with the reference.

import { expect, test } from 'vitest';
import { patchify } from './patches.ts';
import type { RgbImage } from '../photo/photo.ts';

const GEOMETRY = { patchSize: 16, temporalPatchSize: 2, mergeSize: 2 };
const HALF = { mean: [127.5, 127.5, 127.5], std: [127.5, 127.5, 127.5] } as const;
const RAW = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

function picture(
  height: number,
  width: number,
  value: (y: number, x: number, c: number) => number,
): RgbImage {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, i) =>
    value(Math.floor(i / 3 / width), Math.floor(i / 3) % width, i % 3),
  );
  return { width, height, data };
}

test('patches of a merge block are neighbours', () => {
  // Each patch is filled with its row · 16 + its column.
  const numbered = picture(64, 64, (y, x) => Math.floor(y / 16) * 16 + Math.floor(x / 16));
  const { grid, patches } = patchify([numbered], GEOMETRY, RAW);
  expect(grid).toEqual({ frames: 1, height: 4, width: 4 });
  const order = Array.from({ length: 16 }, (_, n) => patches[n * 1536]!);
  const [r0, r1, r2, r3] = [0, 16, 32, 48];
  expect(order).toEqual([
    ...[r0, r0 + 1, r1, r1 + 1],
    ...[r0 + 2, r0 + 3, r1 + 2, r1 + 3],
    ...[r2, r2 + 1, r3, r3 + 1],
    ...[r2 + 2, r2 + 3, r3 + 2, r3 + 3],
  ]);
});

test('a value lies at ((channel · 2 + frame) · 16 + y) · 16 + x', () => {
  const dark = picture(32, 32, () => 0);
  const dot = picture(32, 32, (y, x, c) => (y === 2 && x === 3 && c === 1 ? 200 : 0));
  const { patches } = patchify([dark, dot], GEOMETRY, RAW);
  expect(patches.indexOf(200)).toBe(803);
  expect(patches.lastIndexOf(200)).toBe(803);
});

test('a picture stands in both frames of its patches', () => {
  const { patches } = patchify([picture(32, 32, (y, x, c) => y * 7 + x + c)], GEOMETRY, RAW);
  expect(patches.slice(0, 256)).toEqual(patches.slice(256, 512));
  expect(patches.slice(512, 768)).toEqual(patches.slice(768, 1024));
});

test('an odd clip repeats its last frame', () => {
  const frames = [10, 20, 30].map((value) => picture(32, 32, () => value));
  const { grid, patches } = patchify(frames, GEOMETRY, RAW);
  expect(grid).toEqual({ frames: 2, height: 2, width: 2 });
  const group = (n: number, tau: number): number | undefined => patches[n * 4 * 1536 + tau * 256];
  expect([group(0, 0), group(0, 1), group(1, 0), group(1, 1)]).toEqual([10, 20, 30, 30]);
});

test('values are normalised in float32', () => {
  const { patches } = patchify([picture(32, 32, (y, x) => y * 8 + (x % 8))], GEOMETRY, HALF);
  expect(patches[0]).toBe(-1);
  expect(patches[1]).toBe(Math.fround((1 - 127.5) / 127.5));
});

test('other patch, merge and temporal sizes', () => {
  const geometry = { patchSize: 2, temporalPatchSize: 1, mergeSize: 1 };
  const { grid, patches } = patchify([picture(2, 4, (_, x, c) => x * 10 + c)], geometry, RAW);
  expect(grid).toEqual({ frames: 1, height: 1, width: 2 });
  expect(Array.from(patches)).toEqual([
    ...[0, 10, 0, 10, 1, 11, 1, 11, 2, 12, 2, 12],
    ...[20, 30, 20, 30, 21, 31, 21, 31, 22, 32, 22, 32],
  ]);
});

test('frames of different sizes are refused', () => {
  const frames = [picture(32, 32, () => 0), picture(32, 64, () => 0)];
  expect(() => patchify(frames, GEOMETRY, RAW)).toThrow(expect.objectContaining({ code: 'bad-request' }));
  expect(() => patchify([], GEOMETRY, RAW)).toThrow(expect.objectContaining({ code: 'bad-request' }));
});
