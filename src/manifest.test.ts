// Tests that the web manifest, which makes the page installable, names only files that exist.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';

interface Icon {
  src: string;
  sizes: string;
  purpose: string;
}

const manifest = JSON.parse(readFileSync('public/manifest.webmanifest', 'utf8')) as { icons: Icon[] };

test('every icon exists, in the size that the manifest gives', async () => {
  expect(manifest.icons.map((icon) => icon.purpose)).toContain('maskable');
  for (const { src, sizes } of manifest.icons) {
    const file = join('public', src);
    expect(existsSync(file), src).toBe(true);
    if (sizes === 'any') continue;
    const { width, height } = await sharp(file).metadata();
    expect(`${width}x${height}`, src).toBe(sizes);
  }
});

test('the page names the manifest and the icons', () => {
  const page = readFileSync('src/index.html', 'utf8');
  const named = Array.from(page.matchAll(/href="\.\/([^"]+)"/g), (match) => match[1] ?? '');
  expect(named).toContain('manifest.webmanifest');
  for (const file of named) expect(existsSync(join('public', file)), file).toBe(true);
});
