// Draws the app's icons in the sizes that systems require, from public/icon.svg: `npx tsx tools/cli/icons.ts`. The results
// are committed; run it when the drawing changes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type ExtendOptions } from 'sharp';

const FOLDER = 'public/icons';
const GROUND = '#1b1615';
const drawing = readFileSync('public/icon.svg', 'utf8');
/** For systems that crop icons to their own shape, the background must reach the edges of the square. */
const square = drawing.replace(/ rx="\d+"/, '');

/** Draws one icon. `share`: the part of the side that the drawing takes; the rest is background. */
async function draw(file: string, svg: string, side: number, share = 1): Promise<void> {
  const inner = Math.round(side * share);
  const margin = Math.floor((side - inner) / 2);
  // Render at the final size instead of scaling up from the drawing's own 32 pixels.
  await sharp(Buffer.from(svg), { density: (72 * inner) / 32 })
    .resize(inner, inner)
    .extend({ ...sides(margin, side - inner - margin), background: GROUND })
    .png({ compressionLevel: 9, palette: true })
    .toFile(join(FOLDER, file));
}

function sides(before: number, after: number): ExtendOptions {
  return { top: before, left: before, bottom: after, right: after };
}

await draw('icon-192.png', drawing, 192);
await draw('icon-512.png', drawing, 512);
// Only the inner 80 % of a maskable icon is certain to be visible; the ring stays well inside of it.
await draw('maskable-512.png', square, 512, 0.8);
await draw('apple-touch-180.png', square, 180);
