// Tests, in a real browser, files that decoders read in different ways; decoding.test.ts compares Node with the same
// pixels.

import { expect, test } from '@playwright/test';
import { compared, hardPictures, toleranceOf } from './hard-pictures.ts';

test('every hard picture is decoded upright and on white, without its other pictures', async ({ page }) => {
  await page.goto('/');
  const off: Record<string, number> = {};
  for (const file of hardPictures()) {
    const { width, height, data } = await page.evaluate(async (name) => {
      const image = await window.harness.decoded(`hard-pictures/${name}`);
      return { ...image, data: Array.from(image.data) };
    }, file);
    const largest = await compared(file, { width, height, data: Uint8Array.from(data) });
    if (largest > toleranceOf(file)) off[file] = largest;
  }
  expect(off).toEqual({});
});
