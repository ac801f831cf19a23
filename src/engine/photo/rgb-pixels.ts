// Turns anything that a canvas can draw into plain RGB, with transparency on white. Reads the canvas's bytes; or, if
// the browser changes those bytes, a video frame made from the canvas. A card with known pixels shows whether the
// browser changes them.

import { fail } from '../../failure.ts';
import type { RgbImage } from './photo.ts';
import { CARD_SIDE, differenceToCard, pixelCard } from './pixel-card.ts';

/**
 * The number of pixels read back at a time. The limit keeps the RGBA copy small, and the canvas below the size limit of
 * every browser.
 */
const BAND_PIXELS = 4 * 1024 * 1024;
/** The number of levels by which a pixel may differ: neither people nor models notice flipped low bits. */
const HARMLESS = 2;

type Draw = (context: OffscreenCanvasRenderingContext2D) => void;
/** Reads the first rows of a canvas as RGBA. */
type ReadRows = (context: OffscreenCanvasRenderingContext2D, rows: number) => Promise<Uint8ClampedArray>;

/** Calls `draw` once per band of rows, moved so that the band's upper edge is at the origin, and reads the band back. */
export type ReadPixels = (width: number, height: number, draw: Draw) => Promise<RgbImage>;

export interface PixelReader {
  read: ReadPixels;
  /** Whether the pixels that are read equal the drawn ones bit for bit. */
  isExact: boolean;
  /** Whether pictures encoded by a canvas (`convertToBlob`) also have the drawn pixels. */
  trustsCanvas: boolean;
}

/**
 * Finds the way of reading pixels that is right in this browser, using a card of known pixels. Fails with
 * 'pixels-withheld' if every way returns other pixels.
 */
export async function pixelReader(): Promise<PixelReader> {
  const card = await createImageBitmap(pixelCard(), { colorSpaceConversion: 'none' });
  try {
    const differences: number[] = [];
    for (const readRows of [rowsOfCanvas, rowsOfFrame]) {
      const read = readWith(readRows);
      const difference = await read(CARD_SIDE, CARD_SIDE, (context) => context.drawImage(card, 0, 0)).then(
        ({ data }) => differenceToCard(data),
        () => Infinity,
      );
      if (difference === 0) return { read, isExact: true, trustsCanvas: readRows === rowsOfCanvas };
      differences.push(difference);
    }
    if (differences[0]! <= HARMLESS) {
      return { read: readWith(rowsOfCanvas), isExact: false, trustsCanvas: true };
    }
    return fail('pixels-withheld', `A known picture is read back ${differences.join(' and ')} levels off.`);
  } finally {
    card.close();
  }
}

/** Whether this browser can read pictures bit for bit. */
export async function readsExactly(): Promise<boolean> {
  return pixelReader().then(
    ({ isExact }) => isExact,
    () => false,
  );
}

function readWith(readRows: ReadRows): ReadPixels {
  return async (width, height, draw) => {
    const bandHeight = Math.max(1, Math.min(height, Math.floor(BAND_PIXELS / width)));
    // willReadFrequently keeps the canvas in main memory, so that pixels need not travel to the GPU and back.
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
      dropAlpha(await readRows(context, rows), data, top * width * 3);
    }
    return { width, height, data };
  };
}

const rowsOfCanvas: ReadRows = (context, rows) =>
  Promise.resolve(context.getImageData(0, 0, context.canvas.width, rows).data);

/** Fails if the browser has no VideoFrame (Firefox's strictest mode), or if the frame's pixels are not RGB. */
const rowsOfFrame: ReadRows = async ({ canvas }, rows) => {
  const { width, height } = canvas;
  const frame = new VideoFrame(canvas, { timestamp: 0 });
  try {
    // Read the frame in its own order of channels, because not every browser can convert it.
    const isBlueFirst = frame.format === 'BGRA' || frame.format === 'BGRX';
    if (!isBlueFirst && frame.format !== 'RGBA' && frame.format !== 'RGBX') {
      fail('pixels-withheld', `A canvas becomes a video frame of ${frame.format ?? 'no known format'}.`);
    }
    const rgba = new Uint8ClampedArray(width * height * 4);
    await frame.copyTo(rgba, { layout: [{ offset: 0, stride: width * 4 }] });
    if (isBlueFirst) swapRedAndBlue(rgba);
    return rgba.subarray(0, width * rows * 4);
  } finally {
    frame.close();
  }
};

function swapRedAndBlue(pixels: Uint8ClampedArray): void {
  for (let i = 0; i < pixels.length; i += 4) {
    const first = pixels[i]!;
    pixels[i] = pixels[i + 2]!;
    pixels[i + 2] = first;
  }
}

function dropAlpha(rgba: Uint8ClampedArray, rgb: Uint8Array, at: number): void {
  for (let from = 0; from < rgba.length; from += 4) {
    rgb[at++] = rgba[from]!;
    rgb[at++] = rgba[from + 1]!;
    rgb[at++] = rgba[from + 2]!;
  }
}
