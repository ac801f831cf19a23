// Animated pictures in Node, with sharp: what src/engine/clip does in a browser. Nothing here decodes video
// files.

import sharp from 'sharp';
import { UNKNOWN_FPS, type OpenClip } from '../../src/engine/clip/clip.ts';
import { decodePage } from './decode-photo.ts';

/** Undefined for whatever stands still. */
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
