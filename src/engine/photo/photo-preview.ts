// Copies of photos for the page: a small one for thumbnails, and a part cut out for a question about it.

import type { Box } from '../../contract/box.ts';
import type { OpenedMedia } from '../../contract/media.ts';
import { fail } from '../../failure.ts';
import { HEADER_BYTES, openBitmap } from './decode-photo.ts';
import { pngFile } from './png-file.ts';
import { pixelReader } from './rgb-pixels.ts';
import { turnedWebp } from './webp-orientation.ts';

/** The longer side of a preview, in pixels: a large thumbnail on a dense screen. */
const PREVIEW_SIDE = 640;
const PREVIEW_QUALITY = 0.85;

/** Fails with the failures of openBitmap, or with 'pixels-withheld'. */
export async function previewPhoto(photo: Blob): Promise<OpenedMedia> {
  const bitmap = await openBitmap(photo, 'default');
  try {
    const { width, height } = bitmap;
    const preview = await smallCopy(bitmap);
    return { file: await uprightFile(photo), width, height, preview, clipSeconds: null };
  } finally {
    bitmap.close();
  }
}

/**
 * The photo's own file; or its upright pixels, if a page would show that file differently from the picture that the
 * model gets.
 */
async function uprightFile(photo: Blob): Promise<Blob> {
  const header = new Uint8Array(await photo.slice(0, HEADER_BYTES).arrayBuffer());
  return (await turnedWebp(photo, header)) === undefined ? photo : cropPhoto(photo, [0, 0, 1000, 1000]);
}

/**
 * A part of the photo as PNG, with the photo's own pixels and stored colours. Fails with the failures of previewPhoto.
 */
export async function cropPhoto(photo: Blob, part: Box): Promise<Blob> {
  // With 'none', the part has the same values that it has in the whole photo for the model.
  const bitmap = await openBitmap(photo, 'none');
  try {
    const [left, top, right, bottom] = pixels(part, bitmap);
    const canvas = draw(bitmap, [left, top, right - left, bottom - top], right - left, bottom - top);
    return await fileOf(canvas, { type: 'image/png' });
  } finally {
    bitmap.close();
  }
}

/** A small copy for thumbnails. Fails with 'pixels-withheld'. */
export function smallCopy(bitmap: ImageBitmap): Promise<Blob> {
  const { width, height } = bitmap;
  const scale = Math.min(1, PREVIEW_SIDE / Math.max(width, height));
  const canvas = draw(bitmap, [0, 0, width, height], width * scale, height * scale);
  return fileOf(canvas, { type: 'image/jpeg', quality: PREVIEW_QUALITY });
}

/** The canvas's picture in the wanted encoding, or as PNG if the browser changes the pixels that a canvas encodes. */
async function fileOf(canvas: OffscreenCanvas, wanted: ImageEncodeOptions): Promise<Blob> {
  const { read, trustsCanvas } = await pixelReader();
  if (trustsCanvas) return canvas.convertToBlob(wanted);
  return pngFile(await read(canvas.width, canvas.height, (context) => context.drawImage(canvas, 0, 0)));
}

/** Converts a box of thousandths to whole pixels within the picture, at least one pixel wide and high. */
export function pixels(part: Box, { width, height }: { width: number; height: number }): Box {
  const edge = (share: number, side: number): number =>
    Math.min(side, Math.max(0, Math.round((share / 1000) * side)));
  const left = Math.min(edge(part[0], width), width - 1);
  const top = Math.min(edge(part[1], height), height - 1);
  return [left, top, Math.max(left + 1, edge(part[2], width)), Math.max(top + 1, edge(part[3], height))];
}

/** Draws the source rectangle (x, y, width, height), scaled, onto white. */
function draw(
  bitmap: ImageBitmap,
  source: [number, number, number, number],
  width: number,
  height: number,
): OffscreenCanvas {
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width)), Math.max(1, Math.round(height)));
  const context = canvas.getContext('2d');
  if (context === null) fail('out-of-memory', 'The browser gave no canvas to draw the photo on.');
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, ...source, 0, 0, canvas.width, canvas.height);
  return canvas;
}
