// The frames of a clip that the model sees: frames sampled from a file, or frames that the caller has extracted.

import type { ClipPart, VideoPart } from '../../contract/conversation.ts';
import { fail } from '../../failure.ts';
import type { DecodePhoto, RgbImage } from '../photo/photo.ts';
import type { FrameSampling } from './video-frames.ts';
import type { OpenClip } from './clip.ts';
import { sampleClip } from './sample-clip.ts';

export interface ClipDecoders {
  photo: DecodePhoto;
  /** If omitted, clips can only be given as frames. */
  clip?: OpenClip | undefined;
}

export interface ClipFrames {
  /** The frames' numbers in the source, which has `fps` frames per second. The timestamps are computed from both. */
  indices: readonly number[];
  fps: number;
  /** Decoded one at a time. */
  frames: AsyncIterable<RgbImage>;
  close(): void;
}

/** Fails with 'bad-request', or with the failures of the decoders. */
export async function clipFrames(
  part: ClipPart | VideoPart,
  sampling: FrameSampling,
  decoders: ClipDecoders,
  signal: AbortSignal,
): Promise<ClipFrames> {
  if ('frames' in part) {
    const { frames, fps, indices } = part;
    if (indices.length !== frames.length) {
      fail('bad-request', `A clip of ${frames.length} frames has ${indices.length} indices.`);
    }
    return { indices, fps, frames: decoded(frames, decoders.photo), close: () => undefined };
  }
  if (decoders.clip === undefined) fail('bad-request', 'Nothing here opens clips; give their frames.');
  const clip = await decoders.clip(part.clip);
  if (clip === undefined) fail('bad-clip', 'The file is no clip.');
  const sampled = sampleClip(clip, sampling);
  return { ...sampled, frames: clip.read(sampled.frames, signal), close: () => clip.close() };
}

async function* decoded(frames: readonly Blob[], decode: DecodePhoto): AsyncGenerator<RgbImage> {
  for (const frame of frames) yield await decode(frame);
}
