// Draws the marks of an answer into a copy of its picture, as a PNG.

import type { MediaItem } from '../media/media-item.ts';
import type { PlacedMark } from './stage.svelte.ts';

/** The largest size of the PNG's longer side, in pixels: browsers limit the size of a canvas. */
const LONGEST = 4096;
const MARK = '#ff5a36';
const ON_MARK = '#1a0a05';

/** Returns null if the browser cannot draw the picture. */
export async function drawWithMarks(item: MediaItem, marks: readonly PlacedMark[]): Promise<File | null> {
  try {
    const bitmap = await createImageBitmap(item.file);
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    if (context === null) return null;
    context.drawImage(bitmap, 0, 0, width, height);
    bitmap.close();
    for (const mark of marks) draw(context, mark, width, height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    const name = item.name.replace(/\.\w+$/, '');
    return blob && new File([blob], `${name}.png`, { type: 'image/png' });
  } catch {
    return null;
  }
}

function draw(
  context: CanvasRenderingContext2D,
  { number, mark: { shape, label } }: PlacedMark,
  width: number,
  height: number,
): void {
  const unit = Math.max(width, height) / 1000;
  const [left, top, right, bottom] = shape.kind === 'box' ? shape.box : [shape.x, shape.y, shape.x, shape.y];
  const [x, y] = [(left / 1000) * width, (top / 1000) * height];
  context.strokeStyle = context.fillStyle = MARK;
  context.lineWidth = Math.max(2, 2.5 * unit);
  if (shape.kind === 'box') {
    context.strokeRect(x, y, ((right - left) / 1000) * width, ((bottom - top) / 1000) * height);
  } else {
    context.beginPath();
    context.arc(x, y, 6 * unit, 0, 2 * Math.PI);
    context.fill();
  }
  const size = Math.max(12, 16 * unit);
  context.font = `${size}px system-ui, sans-serif`;
  const text = label === '' ? `${number}` : `${number} ${label}`;
  const wide = Math.min(width, context.measureText(text).width + size);
  const labelX = Math.max(0, Math.min(x, width - wide));
  const labelY = Math.max(0, y - size * 1.4);
  context.fillRect(labelX, labelY, wide, size * 1.4);
  context.fillStyle = ON_MARK;
  context.textBaseline = 'middle';
  context.fillText(text, labelX + size / 2, labelY + size * 0.7, Math.max(1, wide - size));
}
