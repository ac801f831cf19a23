// Animated pictures, with the browser's ImageDecoder: the pixels are the file's stored values, as a photo's.

import { fail, Failure } from '../../failure.ts';
import type { RgbImage } from '../photo/photo.ts';
import { pixelReader, type ReadPixels } from '../photo/rgb-pixels.ts';
import { MAX_ANIMATION_FRAMES, UNKNOWN_FPS, type ClipReader } from './clip.ts';
import type { ClipType } from './clip-type.ts';
import { within } from './time-limit.ts';

const FRAME_MS = 20_000;
/** Of all frames, one after the other. */
const MEASURE_MS = 60_000;

/** Undefined where it stands still, or this browser shows no frame but the first. Fails with 'bad-clip'. */
export async function openAnimatedPicture(
  file: Blob,
  type: Exclude<ClipType, 'video'>,
): Promise<ClipReader | undefined> {
  if (typeof ImageDecoder === 'undefined' || !(await ImageDecoder.isTypeSupported(type))) return undefined;
  const { read } = await pixelReader();
  const data = await file.arrayBuffer();
  const decoder = new ImageDecoder({ data, type, colorSpaceConversion: 'none', preferAnimation: true });
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
          yield await unlessBad(frame(decoder, index, (image) => pixelsOf(image, animation, read)));
        }
      },
      close: () => decoder.close(),
    };
  } catch (error) {
    decoder.close();
    throw error;
  }
}

/** Only a frame that is unpacked tells how long it is shown. */
async function measure(
  decoder: ImageDecoder,
): Promise<Pick<ClipReader, 'width' | 'height' | 'frameCount' | 'fps'> | undefined> {
  await within(FRAME_MS, Promise.all([decoder.tracks.ready, decoder.completed]));
  const frameCount = decoder.tracks.selectedTrack?.frameCount ?? 0;
  if (frameCount <= 1) return undefined;
  if (frameCount > MAX_ANIMATION_FRAMES) {
    fail('clip-too-long', `The picture has ${frameCount} frames, more than ${MAX_ANIMATION_FRAMES}.`);
  }
  let size = { width: 0, height: 0 };
  let microseconds = 0;
  for (let index = 0; index < frameCount; index++) {
    await frame(decoder, index, (image) => {
      if (index === 0) size = { width: image.displayWidth, height: image.displayHeight };
      microseconds += image.duration ?? 0;
    });
  }
  return { ...size, frameCount, fps: microseconds > 0 ? frameCount / (microseconds / 1e6) : UNKNOWN_FPS };
}

async function frame<T>(
  decoder: ImageDecoder,
  frameIndex: number,
  use: (image: VideoFrame) => T | Promise<T>,
): Promise<T> {
  const { image } = await within(FRAME_MS, decoder.decode({ frameIndex }));
  try {
    return await use(image);
  } finally {
    image.close();
  }
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
