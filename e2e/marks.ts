// Checks with the pixels of a screenshot that the page draws an answer's boxes at the right places on the picture.

import { expect, type Locator, type Page } from '@playwright/test';
import sharp from 'sharp';

const COLOUR = [0xff, 0x5a, 0x36]; // --mark of the light theme
const HALF_BORDER = 0.5;

/**
 * `boxes`: left, top, right, bottom in thousandths of the picture. The upper side of a box is not checked, because a
 * label may cover it.
 */
export async function expectDrawn(page: Page, picture: Locator, boxes: number[][]): Promise<void> {
  const frame = await picture.boundingBox();
  if (frame === null) throw new Error('The picture is not shown.');
  const shot = await sharp(await page.screenshot())
    .raw()
    .toBuffer({ resolveWithObject: true });
  const isMark = (x: number, y: number): boolean => {
    const at = (Math.round(y) * shot.info.width + Math.round(x)) * shot.info.channels;
    return COLOUR.reduce((sum, value, i) => sum + Math.abs((shot.data[at + i] ?? 0) - value), 0) < 40;
  };
  for (const box of boxes) {
    const [left = 0, top = 0, right = 0, bottom = 0] = box.map((edge, index) =>
      index % 2 === 0 ? frame.x + (edge / 1000) * frame.width : frame.y + (edge / 1000) * frame.height,
    );
    const middle = [(left + right) / 2, (top + bottom) / 2] as const;
    expect(isMark(left + HALF_BORDER, middle[1]), `left side of ${box.join()}`).toBe(true);
    expect(isMark(right - 3 * HALF_BORDER, middle[1]), `right side of ${box.join()}`).toBe(true);
    expect(isMark(middle[0], bottom - 3 * HALF_BORDER), `lower side of ${box.join()}`).toBe(true);
    expect(isMark(...middle), `the middle of ${box.join()} is free`).toBe(false);
  }
}
