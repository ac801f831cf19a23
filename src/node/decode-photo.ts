// Turns an encoded photo into pixels in Node, with sharp: the counterpart of src/engine/photo/decode-photo.ts in the
// browser. Both draw transparent photos on white. The reference's picture processor drops alpha instead, so that it
// shows the hidden colours of transparent pixels.

import sharp from 'sharp';
import { MAX_PHOTO_PIXELS, type DecodePhoto, type RgbImage } from '../engine/photo/photo.ts';
import { failAsUnreadable } from '../engine/photo/file-kind.ts';
import { fail, Failure } from '../failure.ts';

/** Fails with 'bad-photo', with the code for the file's actual kind (UnreadableFile), or with 'photo-too-large'. */
export const decodePhoto: DecodePhoto = async (photo) => {
  const bytes = new Uint8Array(await photo.arrayBuffer());
  return decodePage(bytes, 0, photo instanceof File ? photo.name : 'The photo');
};

/** One frame of an animated picture, or the whole of a still one. Fails with the failures of decodePhoto. */
export async function decodePage(bytes: Uint8Array, page: number, name = 'The clip'): Promise<RgbImage> {
  try {
    return await decode(bytes, page);
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    return failAsUnreadable(new Blob([Uint8Array.from(bytes)]), cause, name);
  }
}

async function decode(bytes: Uint8Array, page: number): Promise<RgbImage> {
  // Returns the stored values, as the reference's decoder does, without applying a colour profile.
  const image = sharp(bytes, { page, ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const { width: storedWidth, height: storedHeight, space } = await image.metadata();
  refuseTooLarge(storedWidth, storedHeight);
  const isPrint = space === 'cmyk';
  const upright = (isPrint ? image.pipelineColourspace('cmyk') : image)
    .autoOrient()
    .toColourspace(isPrint ? 'cmyk' : 'srgb')
    .raw({ depth: 'uchar' });
  const { data, info } = await upright.toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  if (isPrint) return { width, height, data: printedOnWhite(data, channels) };
  if (channels === 3) return { width, height, data: new Uint8Array(data) };
  if (channels === 4) return { width, height, data: onWhite(data) };
  throw new Error(`The picture has ${channels} channels.`);
}

function refuseTooLarge(width: number, height: number): void {
  if (width * height <= MAX_PHOTO_PIXELS) return;
  const limit = MAX_PHOTO_PIXELS / 1e6;
  fail('photo-too-large', `A photo of ${width}×${height} has more than ${limit} megapixels.`);
}

/**
 * Converts CMYK in the way in which browsers show it without a profile (Chromium 156, Firefox 153). PIL rounds where
 * browsers truncate, so some of its values are one higher. Alpha, if there is any, is dropped as in PIL.
 */
function printedOnWhite(inks: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((inks.length / channels) * 3);
  for (let from = 0, to = 0; from < inks.length; from += channels) {
    const paper = 255 - inks[from + 3]!;
    for (let ink = 0; ink < 3; ink++) rgb[to++] = Math.trunc(((255 - inks[from + ink]!) * paper) / 255);
  }
  return rgb;
}

/**
 * Computes round(c·a/255 + 255·(255 − a)/255) exactly. libvips rounds each term, and resampling would amplify that
 * error.
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
