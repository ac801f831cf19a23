// Opens animated pictures with the browser's ImageDecoder. The pixels are the file's stored values, as for photos.

import { fail, Failure } from '../../failure.ts';
import type { RgbImage } from '../photo/photo.ts';
import { pixelReader, type ReadPixels } from '../photo/rgb-pixels.ts';
import { AnimationDecoder } from './animation-decoder.ts';
import { MAX_ANIMATION_FRAMES, UNKNOWN_FPS, type ClipReader } from './clip.ts';
import type { ClipType } from './clip-type.ts';
import { countGifFrames } from './count-gif-frames.ts';
import { within } from './time-limit.ts';

/** Time limit for measuring all frames, one after the other. */
const MEASURE_MS = 60_000;

/**
 * Returns undefined if the picture has only one frame. Fails with 'bad-clip', or with 'unplayable-animation' if this
 * browser gives pages only the first frame.
 */
export async function openAnimatedPicture(
  file: Blob,
  type: Exclude<ClipType, 'video'>,
): Promise<ClipReader | undefined> {
  if (typeof ImageDecoder === 'undefined' || !(await ImageDecoder.isTypeSupported(type))) {
    if (type === 'image/gif' && countGifFrames(new Uint8Array(await file.arrayBuffer()), 2) < 2)
      return undefined;
    fail('unplayable-animation', `This browser has no decoder for the frames of ${type}.`);
  }
  const { read } = await pixelReader();
  const data = await file.arrayBuffer();
  const decoder = new AnimationDecoder(data, type);
  try {
    const animation = await unlessBad(within(MEASURE_MS, measure(decoder)));
    if (animation === undefined) {
      decoder.close();
      return undefined;
    }
    return {
      type,
      ...animation,
      async *read(indices, signal) {
        for (const index of indices) {
          signal.throwIfAborted();
          yield await unlessBad(decoder.frame(index, (image) => pixelsOf(image, animation, read)));
        }
      },
      close: () => decoder.close(),
    };
  } catch (error) {
    decoder.close();
    throw error;
  }
}

/** Decodes every frame, because only a decoded frame has a duration. */
async function measure(
  decoder: AnimationDecoder,
): Promise<Pick<ClipReader, 'width' | 'height' | 'frameCount' | 'fps' | 'starts'> | undefined> {
  const frameCount = await decoder.frameCount();
  if (frameCount <= 1) return undefined;
  if (frameCount > MAX_ANIMATION_FRAMES) {
    fail('clip-too-long', `The picture has ${frameCount} frames, more than ${MAX_ANIMATION_FRAMES}.`);
  }
  let size = { width: 0, height: 0 };
  let microseconds = 0;
  const starts: number[] = [];
  for (let index = 0; index < frameCount; index++) {
    await decoder.frame(index, (image) => {
      if (index === 0) size = { width: image.displayWidth, height: image.displayHeight };
      starts.push(microseconds / 1e6);
      microseconds += image.duration ?? 0;
    });
  }
  return microseconds > 0
    ? { ...size, frameCount, fps: frameCount / (microseconds / 1e6), starts }
    : { ...size, frameCount, fps: UNKNOWN_FPS, starts: starts.map((_, index) => index / UNKNOWN_FPS) };
}

function pixelsOf(
  image: VideoFrame,
  { width, height }: { width: number; height: number },
  read: ReadPixels,
): Promise<RgbImage> {
  return read(width, height, (context) => context.drawImage(image, 0, 0, width, height));
}

async function unlessBad<T>(job: Promise<T>): Promise<T> {
  try {
    return await job;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    fail('bad-clip', 'The animated picture cannot be decoded.', cause);
  }
}
