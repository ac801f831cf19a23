// Reads the pixels of a small copy of a picture, for measurements that the page makes without a model.

import type { MediaItem } from './media-item.ts';

/** Reads the item's preview, scaled to at most `side` pixels on the longer side; null if the browser refuses. */
export async function readPixels(item: Pick<MediaItem, 'preview'>, side: number): Promise<ImageData | null> {
  try {
    const bitmap = await createImageBitmap(item.preview);
    const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    context?.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    return context?.getImageData(0, 0, width, height) ?? null;
  } catch {
    return null;
  }
}
