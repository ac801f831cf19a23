// A picture with known pixels, as a BMP file. Reading it back shows whether the browser returns the pixels that were
// drawn. To prevent fingerprinting, some browsers change the pixels that a page reads from a canvas: Brave and Firefox
// flip low bits, and Firefox's strictest mode returns random bytes.

/** Side length in pixels. A card of this size detects even a browser that changes only one pixel in a few hundred. */
export const CARD_SIDE = 64;
const HEADER_BYTES = 54;

/**
 * The red, green or blue value (channel 0 to 2) of a pixel. Neighbours differ, because some browsers leave pictures of
 * one colour unchanged.
 */
function level(x: number, y: number, channel: number): number {
  return (37 * x + 101 * y + 59 * channel + x * y) & 255;
}

/** The card as a file with 24 bits per pixel. */
export function pixelCard(): Blob {
  const bytes = new Uint8Array(HEADER_BYTES + CARD_SIDE * CARD_SIDE * 3);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x424d);
  view.setUint32(2, bytes.length, true);
  view.setUint32(10, HEADER_BYTES, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, CARD_SIDE, true);
  view.setInt32(22, CARD_SIDE, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  // Rows run from bottom to top, and pixels are stored as blue, green, red.
  for (let y = CARD_SIDE - 1, at = HEADER_BYTES; y >= 0; y--) {
    for (let x = 0; x < CARD_SIDE; x++, at += 3) {
      for (let channel = 0; channel < 3; channel++) bytes[at + 2 - channel] = level(x, y, channel);
    }
  }
  return new Blob([bytes], { type: 'image/bmp' });
}

/** The largest difference between RGB pixels (64, 64, 3) and the card's. */
export function differenceToCard(rgb: Uint8Array): number {
  let largest = 0;
  for (let i = 0; i < CARD_SIDE * CARD_SIDE * 3; i++) {
    const pixel = Math.floor(i / 3);
    const expected = level(pixel % CARD_SIDE, Math.floor(pixel / CARD_SIDE), i % 3);
    largest = Math.max(largest, Math.abs(expected - (rgb[i] ?? NaN)));
    if (Number.isNaN(largest)) return Infinity;
  }
  return largest;
}
