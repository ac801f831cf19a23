// What the page shows of a clip before a question: its first frame, small, and its length.

import type { OpenedMedia } from '../../contract/media.ts';
import { fail } from '../../failure.ts';
import { smallCopy } from '../photo/photo-preview.ts';
import type { RgbImage } from '../photo/photo.ts';
import type { ClipReader } from './clip.ts';

/** Makes the preview of `file`, which is open as `clip`, and closes the clip. Fails with 'bad-clip'. */
export async function previewClip(file: Blob, clip: ClipReader, signal: AbortSignal): Promise<OpenedMedia> {
  const { type, width, height, frameCount, fps } = clip;
  try {
    for await (const frame of clip.read([0], signal)) {
      return {
        // Messengers name videos .gif, and some files have no name that shows their type, so the file gets the type of
        // its content.
        file: file.type === type ? file : new Blob([file], { type }),
        ...{ width, height, preview: await jpeg(frame), clipSeconds: frameCount / fps },
      };
    }
    return fail('bad-clip', 'The clip has no first frame.');
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
