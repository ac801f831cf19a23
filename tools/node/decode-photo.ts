// Encoded photo → pixels in Node, with sharp: what src/engine/decode-photo.ts does in a browser.
// Transparency lies on white in both; the reference's picture processor drops alpha instead, which
// shows whatever colour the transparent pixels happen to hide.

import sharp, { type Sharp } from 'sharp';
import { MAX_PHOTO_PIXELS, type DecodePhoto } from '../../src/engine/photo.ts';
import { fail } from '../../src/failure.ts';

/** Fails with 'bad-photo' or 'photo-too-large'. */
export const decodePhoto: DecodePhoto = async (photo) => {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  // Stored values, as the reference's decoder gives them: no colour profile is applied.
  const image = sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const { width, height, data, channels } = await decode(image);
  if (channels === 3) return { width, height, data };
  return fail('bad-photo', `The photo has ${channels} channels.`);
};

async function decode(
  image: Sharp,
): Promise<{ width: number; height: number; channels: number; data: Uint8Array }> {
  const { width, height } = await unlessBad(image.metadata());
  if (width * height > MAX_PHOTO_PIXELS) {
    fail(
      'photo-too-large',
      `A photo of ${width}×${height} has more than ${MAX_PHOTO_PIXELS / 1e6} megapixels.`,
    );
  }
  const upright = image.autoOrient().flatten({ background: '#ffffff' }).toColourspace('srgb');
  const { data, info } = await unlessBad(
    upright.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true }),
  );
  return { width: info.width, height: info.height, channels: info.channels, data: new Uint8Array(data) };
}

async function unlessBad<T>(job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (cause) {
    fail('bad-photo', 'The photo cannot be decoded.', cause);
  }
}
