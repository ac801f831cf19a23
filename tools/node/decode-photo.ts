// Encoded photo → pixels in Node, with sharp: what src/engine/photo/decode-photo.ts does in a browser.
// Transparency lies on white in both; the reference's picture processor drops alpha instead, which
// shows whatever colour the transparent pixels happen to hide.

import sharp, { type Sharp } from 'sharp';
import { MAX_PHOTO_PIXELS, type DecodePhoto, type RgbImage } from '../../src/engine/photo/photo.ts';
import { fail } from '../../src/failure.ts';

/** Fails with 'bad-photo' or 'photo-too-large'. */
export const decodePhoto: DecodePhoto = async (photo) => {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  return decodePage(bytes, 0, photo instanceof File ? photo.name : 'The photo');
};

/** One frame of an animated picture, or all of one that stands still. Fails as decodePhoto does. */
export async function decodePage(bytes: Uint8Array, page: number, name = 'The clip'): Promise<RgbImage> {
  if (bytes.length === 0) fail('bad-photo', `${name} is empty.`);
  // Stored values, as the reference's decoder gives them: no colour profile is applied.
  const image = sharp(bytes, { page, ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  await refuseTooLarge(image, name);
  const upright = image.autoOrient().toColourspace('srgb').raw({ depth: 'uchar' });
  const { data, info } = await unlessBad(upright.toBuffer({ resolveWithObject: true }), name);
  const { width, height, channels } = info;
  if (channels === 3) return { width, height, data: new Uint8Array(data) };
  if (channels === 4) return { width, height, data: onWhite(data) };
  return fail('bad-photo', `${name} has ${channels} channels.`);
}

async function refuseTooLarge(image: Sharp, name: string): Promise<void> {
  const { width, height } = await unlessBad(image.metadata(), name);
  if (width * height <= MAX_PHOTO_PIXELS) return;
  const limit = MAX_PHOTO_PIXELS / 1e6;
  fail('photo-too-large', `A photo of ${width}×${height} has more than ${limit} megapixels.`);
}

/**
 * round(c·a/255 + 255·(255 − a)/255), exactly: libvips rounds each part, and resampling amplifies what
 * that leaves.
 */
function onWhite(rgba: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4) {
    const alpha = rgba[from + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const sum = rgba[from + channel]! * alpha + 255 * (255 - alpha);
      rgb[to++] = Math.trunc((2 * sum + 255) / 510);
    }
  }
  return rgb;
}

async function unlessBad<T>(job: Promise<T>, name: string): Promise<T> {
  try {
    return await job;
  } catch (cause) {
    fail('bad-photo', `${name} cannot be decoded as a picture.`, cause);
  }
}
