// Tests the guess on drawn pages, charts and screens, and on an image with the texture of a photo.

import sharp from 'sharp';
import { expect, test } from 'vitest';
import { pictureKind, type PictureFacts, type Pixels } from './picture-kind.ts';

const facts = (over: Partial<PictureFacts> = {}): PictureFacts => ({
  ...{ name: 'IMG_1.jpg', type: 'image/jpeg', width: 3000, height: 2250 },
  ...over,
});

/** Makes the small copy as the page does: a JPEG preview of 640 pixels, then a copy of 256 pixels. */
async function small(svg: string): Promise<Pixels> {
  const preview = await sharp(Buffer.from(svg))
    .flatten()
    .resize(640, 640, { fit: 'inside' })
    .jpeg()
    .toBuffer();
  const { data, info } = await sharp(preview)
    .resize(256, 256, { fit: 'inside' })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

const svg = (width: number, height: number, inner: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${inner}</svg>`;
const line = (y: number, x: number, width: number): string =>
  Array.from(
    { length: Math.floor(width / 22) },
    (_, n) => `<rect x="${x + n * 22}" y="${y}" width="${10 + (n % 3) * 4}" height="14"/>`,
  ).join('');

const PAGE = svg(
  900,
  1200,
  `<rect width="900" height="1200" fill="#fbfaf7"/>${Array.from({ length: 30 }, (_, n) => line(90 + n * 34, 80, n % 5 === 4 ? 380 : 740)).join('')}`,
);
const CHART = svg(
  900,
  600,
  `<rect width="900" height="600" fill="#fff"/><path d="M80 40V540H860" fill="none" stroke="#000" stroke-width="3"/>${[300, 420, 180, 350].map((tall, n) => `<rect x="${140 + n * 170}" y="${540 - tall}" width="100" height="${tall}" fill="#3b6fd0"/>`).join('')}${line(560, 140, 600)}`,
);
const SCREEN = svg(
  1920,
  1080,
  `<rect width="1920" height="1080" fill="#f3f3f3"/><rect width="1920" height="60" fill="#2b5797"/><rect x="60" y="120" width="420" height="900" fill="#fff"/>${Array.from({ length: 20 }, (_, n) => line(140 + n * 40, 560, 1200)).join('')}`,
);
const PHOTO = svg(
  900,
  600,
  '<filter id="n"><feTurbulence type="fractalNoise" baseFrequency=".02" numOctaves="5"/></filter><rect width="900" height="600" filter="url(#n)"/>',
);

test('the guess distinguishes documents, charts, screens and photos by their pixels', async () => {
  expect(pictureKind(facts(), await small(PAGE))).toBe('document');
  expect(pictureKind(facts(), await small(CHART))).toBe('chart');
  expect(pictureKind(facts({ type: 'image/png', width: 1920, height: 1080 }), await small(SCREEN))).toBe(
    'screen',
  );
  expect(pictureKind(facts(), await small(PHOTO))).toBe('photo');
});

test('the guess trusts a name that gives the kind; without pixels, a picture counts as a photo', () => {
  expect(pictureKind(facts({ name: 'Screenshot 2026-11-30.png' }), null)).toBe('screen');
  expect(pictureKind(facts({ name: '发票.jpg' }), null)).toBe('document');
  expect(pictureKind(facts({ name: 'sales chart.png' }), null)).toBe('chart');
  expect(pictureKind(facts(), null)).toBe('photo');
});

test('a picture of one even colour counts as a drawing', async () => {
  expect(pictureKind(facts(), await small(svg(90, 60, '<rect width="90" height="60" fill="#fff"/>')))).toBe(
    'drawing',
  );
});
