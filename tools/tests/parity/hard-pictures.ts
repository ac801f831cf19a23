// The files of tools/reference/hard-pictures, and the pixels that PIL decodes from them.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import type { RgbImage } from '../../../src/engine/photo/photo.ts';

export const HARD_PICTURES = 'tools/reference/hard-pictures';

export function hardPictures(): string[] {
  return readdirSync(HARD_PICTURES).filter((name) => name.includes('.'));
}

/**
 * The allowed difference out of 255. It is more than 0 only because of rounding: in colour conversion, in ink values,
 * and in browsers' alpha.
 */
export function toleranceOf(file: string): number {
  return /\.avif$|^print|alpha/.test(file) ? 2 : 0;
}

/** The largest difference from PIL's pixels; Infinity if the size differs. */
export async function compared(file: string, { width, height, data }: RgbImage): Promise<number> {
  const expected = await sharp(join(HARD_PICTURES, 'expected', `${file}.png`))
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (expected.info.width !== width || expected.info.height !== height) return Infinity;
  return data.reduce((most, value, i) => Math.max(most, Math.abs(value - expected.data[i]!)), 0);
}
