// Opens a file as a clip that can be read, with the browser's own decoders, in a worker. The code for video files is
// loaded when the first video is opened.

import { fail, loadedPart } from '../../failure.ts';
import { HEADER_BYTES, refuseTooLarge } from '../photo/decode-photo.ts';
import { readPhotoSize } from '../photo/photo-size.ts';
import { checkAspect } from '../photo/photo.ts';
import { openAnimatedPicture } from './animated-picture.ts';
import { MAX_CLIP_BYTES, MAX_CLIP_SECONDS, type ClipReader, type OpenClip } from './clip.ts';
import { clipType } from './clip-type.ts';

export const openClip: OpenClip = async (file) => {
  const header = new Uint8Array(await file.slice(0, HEADER_BYTES).arrayBuffer());
  // A file that claims to be a video but does not begin like one is a damaged video.
  const type = clipType(header) ?? (file.type.startsWith('video/') ? 'video' : undefined);
  if (type === undefined) return undefined;
  if (file.size > MAX_CLIP_BYTES) {
    fail('clip-too-long', `A clip of ${file.size} bytes is larger than ${MAX_CLIP_BYTES / 1e6} MB.`);
  }
  refuseTooLarge(readPhotoSize(header));
  const clip = await (type === 'video'
    ? (await loadedPart(import('./video-clip.ts'))).openVideo(file)
    : openAnimatedPicture(file, type));
  try {
    if (clip !== undefined) checkClip(clip);
    return clip;
  } catch (error) {
    clip?.close();
    throw error;
  }
};

function checkClip({ width, height, frameCount, fps }: ClipReader): void {
  if (frameCount === 0) fail('bad-clip', 'The clip has no frames.');
  const seconds = frameCount / fps;
  if (seconds > MAX_CLIP_SECONDS) {
    fail('clip-too-long', `A clip of ${Math.round(seconds)} s is longer than ${MAX_CLIP_SECONDS} s.`);
  }
  refuseTooLarge({ width, height });
  checkAspect(height, width);
}
