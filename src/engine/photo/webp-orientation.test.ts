// The test files are written by sharp.

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { turnedWebp } from './webp-orientation.ts';

const picture = sharp({ create: { width: 6, height: 4, channels: 3, background: '#102030' } });

async function opened(bytes: Uint8Array): ReturnType<typeof turnedWebp> {
  return turnedWebp(new Blob([Uint8Array.from(bytes)]), bytes);
}

test.each([2, 3, 4, 5, 6, 7, 8])(
  'orientation %i is found, and taken out of the file',
  async (orientation) => {
    const bytes = await picture.clone().withMetadata({ orientation }).webp().toBuffer();
    const turned = await opened(bytes);
    expect(turned?.orientation).toBe(orientation);
    const stored = new Uint8Array(await turned!.file.arrayBuffer());
    expect((await sharp(stored).metadata()).orientation).toBe(1);
    expect(stored.filter((byte, i) => byte !== bytes[i])).toHaveLength(1);
  },
);

test('upright ones, ones without metadata, and other formats are left alone', async () => {
  expect(await opened(await picture.clone().webp().toBuffer())).toBeUndefined();
  const upright = await picture.clone().withMetadata({ orientation: 1 }).webp().toBuffer();
  expect(await opened(upright)).toBeUndefined();
  expect(
    await opened(await picture.clone().withMetadata({ orientation: 6 }).jpeg().toBuffer()),
  ).toBeUndefined();
});

test('damaged metadata is passed over', async () => {
  const bytes = await picture.clone().withMetadata({ orientation: 6 }).webp().toBuffer();
  for (let end = 12; end < bytes.length; end += 3) await opened(bytes.subarray(0, end));
  const wild = Buffer.from(bytes);
  wild.fill(0xff, wild.indexOf('EXIF') + 12, wild.indexOf('EXIF') + 24);
  expect(await opened(wild)).toBeUndefined();
});
