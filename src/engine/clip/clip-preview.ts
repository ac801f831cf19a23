// A clip for people to look at, before it is asked about: its first frame, small, and its length.

import type { OpenedPhoto } from '../../contract/photos.ts';
import { smallCopy } from '../photo/photo-preview.ts';
import type { RgbImage } from '../photo/photo.ts';
import type { ClipReader } from './clip.ts';

/** Closes the clip. The last frame is decoded too: a file that was cut off is told now. Fails with 'bad-clip'. */
export async function previewClip(clip: ClipReader, signal: AbortSignal): Promise<OpenedPhoto> {
  const { width, height, frameCount, fps } = clip;
  try {
    let preview: Blob | undefined;
    for await (const frame of clip.read(frameCount > 1 ? [0, frameCount - 1] : [0], signal)) {
      preview ??= await jpeg(frame);
    }
    return { width, height, preview: preview ?? new Blob(), clipSeconds: frameCount / fps };
  } finally {
    clip.close();
  }
}

async function jpeg({ width, height, data }: RgbImage): Promise<Blob> {
  const image = new ImageData(width, height);
  const rgba = image.data.fill(255);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
  }
  const bitmap = await createImageBitmap(image);
  try {
    return await smallCopy(bitmap);
  } finally {
    bitmap.close();
  }
}
