// Encoded photo → pixels with the browser's own decoders, in a worker or a page. EXIF orientation is
// applied, transparency lies on white, colours are the file's bytes.

import { fail } from '../../failure.ts';
import { readPhotoSize } from './photo-size.ts';
import { MAX_PHOTO_PIXELS, type DecodePhoto } from './photo.ts';
import { readPixels } from './rgb-pixels.ts';
import { checkAspect } from './smart-resize.ts';

/** Enough of the file for its size to be found past most EXIF thumbnails and profiles. */
export const HEADER_BYTES = 256 * 1024;

/** Fails with 'bad-photo', 'photo-too-large' or 'photo-too-narrow'. */
export const decodePhoto: DecodePhoto = async (photo) => {
  // The reference's decoder hands over the stored values and ignores colour profiles. The default
  // would convert a Display-P3 photo, as phones take them, to other values.
  const bitmap = await openBitmap(photo, 'none');
  try {
    return readPixels(bitmap.width, bitmap.height, (context) => context.drawImage(bitmap, 0, 0));
  } finally {
    bitmap.close();
  }
};

/**
 * The decoded photo, upright; the caller closes it. `colours`: 'none' leaves the stored values as they
 * are, 'default' converts them for the screen. Fails with 'bad-photo',
 * 'photo-too-large', or 'photo-too-narrow' where the model could not read it.
 */
export async function openBitmap(photo: Blob, colours: ColorSpaceConversion): Promise<ImageBitmap> {
  const header = new Uint8Array(await photo.slice(0, HEADER_BYTES).arrayBuffer());
  refuseTooLarge(readPhotoSize(header));
  const bitmap = await decode(photo, colours);
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
    fail('bad-photo', 'The photo cannot be decoded.', cause);
  }
}
