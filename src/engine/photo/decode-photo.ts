// Turns an encoded photo into pixels with the browser's own decoders, in a worker or a page. Applies the EXIF
// orientation, puts transparency on white, and keeps the stored colours.

import { fail } from '../../failure.ts';
import { failAsUnreadable } from './file-kind.ts';
import { readPhotoSize } from './photo-size.ts';
import { MAX_PHOTO_PIXELS, type DecodePhoto, checkAspect } from './photo.ts';
import { pixelReader } from './rgb-pixels.ts';
import { turnedWebp, type Orientation } from './webp-orientation.ts';

/** Enough of the file to find its size behind most EXIF thumbnails and profiles. */
export const HEADER_BYTES = 256 * 1024;

/** Fails with a code of UnreadableFile, 'photo-too-large', 'photo-too-narrow' or 'pixels-withheld'. */
export const decodePhoto: DecodePhoto = async (photo) => {
  const { read } = await pixelReader();
  // The reference's decoder returns the stored values and ignores colour profiles. The browser's default would convert
  // the values of a Display-P3 photo, which phones take.
  const bitmap = await openBitmap(photo, 'none');
  try {
    return await read(bitmap.width, bitmap.height, (context) => context.drawImage(bitmap, 0, 0));
  } finally {
    bitmap.close();
  }
};

/**
 * The decoded photo, upright; the caller closes it. `colours`: 'none' keeps the stored values, 'default' converts them
 * for the screen. Fails with a code of UnreadableFile, or with 'photo-too-large' or 'photo-too-narrow' if the model
 * could not read the photo.
 */
export async function openBitmap(photo: Blob, colours: ColorSpaceConversion): Promise<ImageBitmap> {
  const header = new Uint8Array(await photo.slice(0, HEADER_BYTES).arrayBuffer());
  refuseTooLarge(readPhotoSize(header));
  const turned = await turnedWebp(photo, header);
  const bitmap =
    turned === undefined
      ? await decode(photo, colours)
      : upright(await decode(turned.file, colours), turned.orientation);
  try {
    refuseTooLarge(bitmap);
    checkAspect(bitmap.height, bitmap.width);
    return bitmap;
  } catch (error) {
    bitmap.close();
    throw error;
  }
}

export function refuseTooLarge(size: { width: number; height: number } | undefined): void {
  if (size && size.width * size.height > MAX_PHOTO_PIXELS) {
    fail(
      'photo-too-large',
      `A photo of ${size.width}×${size.height} has more than ${MAX_PHOTO_PIXELS / 1e6} megapixels.`,
    );
  }
}

async function decode(photo: Blob, colorSpaceConversion: ColorSpaceConversion): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(photo, { imageOrientation: 'from-image', colorSpaceConversion });
  } catch (cause) {
    return failAsUnreadable(photo, cause, 'The photo');
  }
}

/** Rotates and mirrors the picture as its EXIF orientation says, and closes `stored`. */
function upright(stored: ImageBitmap, orientation: Orientation): ImageBitmap {
  const { width, height } = stored;
  const isOnSide = orientation >= 5;
  try {
    const canvas = new OffscreenCanvas(isOnSide ? height : width, isOnSide ? width : height);
    const context = canvas.getContext('2d');
    if (context === null) fail('out-of-memory', 'The browser gave no canvas to turn the photo on.');
    context.setTransform(...TURNS[orientation](width, height));
    context.drawImage(stored, 0, 0);
    return canvas.transferToImageBitmap();
  } finally {
    stored.close();
  }
}

type Matrix = [number, number, number, number, number, number];

/** Matrices from the stored picture to the upright one, for a stored width and height. */
const TURNS: Record<Orientation, (width: number, height: number) => Matrix> = {
  1: () => [1, 0, 0, 1, 0, 0],
  2: (width) => [-1, 0, 0, 1, width, 0],
  3: (width, height) => [-1, 0, 0, -1, width, height],
  4: (_, height) => [1, 0, 0, -1, 0, height],
  5: () => [0, 1, 1, 0, 0, 0],
  6: (_, height) => [0, 1, -1, 0, height, 0],
  7: (width, height) => [0, -1, -1, 0, height, width],
  8: (width) => [0, -1, 1, 0, 0, width],
};
