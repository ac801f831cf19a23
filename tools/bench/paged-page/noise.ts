// A picture of noise, which compresses badly and shows nothing.

/** Returns a PNG of `side` × `side` pixels. */
export function noise(side: number): Promise<Blob> {
  const canvas = new OffscreenCanvas(side, side);
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(side, side);
  for (let i = 0; i < pixels.data.length; i++) pixels.data[i] = i % 4 === 3 ? 255 : 256 * Math.random();
  context.putImageData(pixels, 0, 0);
  return canvas.convertToBlob();
}
