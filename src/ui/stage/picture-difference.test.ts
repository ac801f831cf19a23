// Compares pictures whose changes are known. They are drawn with sharp and compressed as JPEG, like the page's
// previews.

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pictureDifference, type Difference, type Pixels } from './picture-difference.ts';

const [WIDTH, HEIGHT] = [480, 320];
const BASE =
  '<rect width="480" height="320" fill="#ccd"/><circle cx="100" cy="100" r="50" fill="#b33"/><rect x="300" y="60" width="90" height="120" fill="#373"/>';
const DOT = '<rect x="240" y="240" width="60" height="48" fill="#36c"/>';

async function pixels(
  inner: string,
  { dx = 0, width = WIDTH, height = HEIGHT, quality = 85 } = {},
): Promise<Pixels> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><g transform="translate(${dx})">${inner}</g></svg>`;
  const jpeg = await sharp(Buffer.from(svg)).flatten().jpeg({ quality }).toBuffer();
  const { data, info } = await sharp(jpeg).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const between = async (a: Promise<Pixels>, b: Promise<Pixels>): Promise<Difference> =>
  pictureDifference(await a, await b);

test('the difference marks an added thing at its place', async () => {
  const found = await between(pixels(BASE), pixels(BASE + DOT));
  expect(found.kind).toBe('boxes');
  if (found.kind !== 'boxes') return;
  expect(found.boxes).toHaveLength(1);
  const expected = [500, 750, 625, 900];
  found.boxes[0]?.forEach((edge, side) => expect(Math.abs(edge - (expected[side] ?? 0))).toBeLessThan(15));
});

test('compression alone is no change, and neither is a shift by a few pixels', async () => {
  expect(await between(pixels(BASE), pixels(BASE, { quality: 60 }))).toEqual({ kind: 'same' });
  const wide = '<rect x="-50" width="600" height="320" fill="#ccd"/>' + BASE.replace(/^<rect[^>]*>/, '');
  expect(await between(pixels(wide), pixels(wide, { dx: 8 }))).toEqual({ kind: 'same' });
});

test('the difference says so if nothing can be marked', async () => {
  expect(await between(pixels(BASE), pixels(BASE, { width: 320, height: 480 }))).toEqual({
    kind: 'otherShape',
  });
  const other = '<rect width="480" height="320" fill="#311"/><circle cx="240" cy="200" r="100" fill="#ee8"/>';
  expect(await between(pixels(BASE), pixels(other))).toEqual({ kind: 'everywhere' });
});
