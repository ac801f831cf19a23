// Opens animated pictures in Node, with sharp: the counterpart of src/engine/clip in the browser. Video files cannot be
// decoded here.

import sharp from 'sharp';
import { UNKNOWN_FPS, type OpenClip } from '../engine/clip/clip.ts';
import { decodePage } from './decode-photo.ts';

/** Returns undefined for still pictures. */
export const openClip: OpenClip = async (file) => {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const metadata = await sharp(bytes).metadata();
  const { pages = 1, delay = [], width, height, pageHeight = height } = metadata;
  if (pages <= 1) return undefined;
  const ms = delay.reduce((sum, each) => sum + each, 0);
  const fps = ms > 0 ? pages / (ms / 1000) : UNKNOWN_FPS;
  const startOf = (page: number): number =>
    ms > 0 ? delay.slice(0, page).reduce((sum, each) => sum + each, 0) / 1000 : page / fps;
  return {
    ...{ type: metadata.mediaType ?? '', width, height: pageHeight, frameCount: pages },
    fps,
    starts: Array.from({ length: pages }, (_, page) => startOf(page)),
    async *read(indices, signal) {
      for (const index of indices) {
        signal.throwIfAborted();
        yield await decodePage(bytes, index);
      }
    },
    close: () => undefined,
  };
};
