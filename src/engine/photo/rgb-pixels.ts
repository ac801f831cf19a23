// From whatever a canvas can draw to plain RGB: transparency lies on white.

import { fail } from '../../failure.ts';
import type { RgbImage } from './photo.ts';

/** Pixels read back at a time: keeps the RGBA copy small, and the canvas below every browser's limit. */
const BAND_PIXELS = 4 * 1024 * 1024;

/** `draw` puts the picture's left upper corner at the origin; it is called once for each band. */
export function readPixels(
  width: number,
  height: number,
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
): RgbImage {
  const bandHeight = Math.max(1, Math.min(height, Math.floor(BAND_PIXELS / width)));
  // willReadFrequently keeps the canvas in memory: pixels do not go through the GPU and back.
  const context = new OffscreenCanvas(width, bandHeight).getContext('2d', { willReadFrequently: true });
  if (context === null) fail('out-of-memory', 'The browser gave no canvas to decode the picture on.');
  const data = new Uint8Array(width * height * 3);
  for (let top = 0; top < height; top += bandHeight) {
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, width, bandHeight);
    context.save();
    context.translate(0, -top);
    draw(context);
    context.restore();
    const rows = Math.min(bandHeight, height - top);
    dropAlpha(context.getImageData(0, 0, width, rows).data, data, top * width * 3);
  }
  return { width, height, data };
}

function dropAlpha(rgba: Uint8ClampedArray, rgb: Uint8Array, at: number): void {
  for (let from = 0; from < rgba.length; from += 4) {
    rgb[at++] = rgba[from]!;
    rgb[at++] = rgba[from + 1]!;
    rgb[at++] = rgba[from + 2]!;
  }
}
