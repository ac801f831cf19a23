// sharp writes the headers.

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { readPhotoSize } from './photo-size.ts';

const picture = sharp({ create: { width: 301, height: 77, channels: 4, background: '#0a0b0c80' } });
const size = { width: 301, height: 77 };

test.each([
  ['PNG', picture.clone().png()],
  ['JPEG', picture.clone().jpeg()],
  [
    'progressive JPEG with EXIF',
    picture.clone().jpeg({ progressive: true }).withMetadata({ orientation: 6 }),
  ],
  ['GIF', picture.clone().gif()],
  ['WebP', picture.clone().removeAlpha().webp()],
  ['lossless WebP', picture.clone().webp({ lossless: true })],
  ['WebP with metadata', picture.clone().webp().withMetadata({ orientation: 3 })],
])('%s', async (_, encoded) => {
  expect(readPhotoSize(new Uint8Array(await encoded.toBuffer()))).toEqual(size);
});

test('BMP, also upside down', () => {
  const header = new DataView(new ArrayBuffer(54));
  header.setUint16(0, 0x424d);
  header.setInt32(18, 301, true);
  header.setInt32(22, -77, true);
  expect(readPhotoSize(new Uint8Array(header.buffer))).toEqual(size);
});

test('a header that ends early, or of another format, is left to the decoder', async () => {
  const jpeg = new Uint8Array(await picture.clone().jpeg().toBuffer());
  for (const end of [0, 1, 3, 10, 24, 100]) expect(readPhotoSize(jpeg.subarray(0, end))).toBeUndefined();
  expect(readPhotoSize(new TextEncoder().encode('GIF'))).toBeUndefined();
  expect(
    readPhotoSize(new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg"/>')),
  ).toBeUndefined();
});
