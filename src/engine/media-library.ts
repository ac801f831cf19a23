// The pictures and clips of a conversation: each is decoded, preprocessed and encoded once, and identified by
// its content. Owns the features; releases those of media that the conversation no longer holds.

import type { ClipPart, ImagePart, Part, VideoPart } from '../contract/conversation.ts';
import { sha256Hex } from '../format/sha256.ts';
import { clipFrames, type ClipDecoders } from './clip/clip-frames.ts';
import type { VisionInput } from './photo/photo.ts';
import { clipTokenBudget, preprocessClip, preprocessImage, tokenBudget } from './preprocess/preprocess.ts';
import type { CheckpointFiles } from './checkpoint-files.ts';
import { requireGeometry } from './preprocess/preprocessor-config.ts';
import type { PromptMedia, VisualSlot } from './prompt/prompt.ts';
import { groupTimestamps } from './clip/video-frames.ts';
import { featurePlace, type FeaturePlace } from './vision/feature-place.ts';
import type { FeatureBlock, VisionEncoder } from './vision/features.ts';

export type MediaPart = ImagePart | ClipPart | VideoPart;

export interface Medium {
  /**
   * Identifies the content: two parts have the same key if their files are equal and they are read at the same detail.
   */
  key: string;
  part: MediaPart;
  /**
   * The largest number of tokens for a picture, or for each group of a clip's frames. If undefined, the
   * checkpoint's budget applies alone.
   */
  maxTokens: number | undefined;
  prompt: PromptMedia;
  /** The preprocessed pixels; undefined once they are encoded. */
  input: VisionInput | undefined;
  blocks: FeatureBlock[] | undefined;
}

const PIECE_BYTES = 32 * 1024 * 1024;

/** The parts of the checkpoint's files that describe how media are read. */
type MediaFiles = Pick<CheckpointFiles, 'image' | 'video' | 'config'>;

export class MediaLibrary {
  readonly #media = new Map<string, Medium>();
  readonly #files: MediaFiles;
  readonly #decoders: ClipDecoders;

  constructor(files: MediaFiles, decoders: ClipDecoders) {
    this.#files = files;
    this.#decoders = decoders;
  }

  /**
   * Returns the medium of a part. Decodes the part unless its content is known. Fails with the failures of DecodePhoto
   * and OpenClip.
   */
  async prepare(part: MediaPart, signal: AbortSignal, maxTokens?: number): Promise<Medium> {
    const key = await contentKey(part, maxTokens);
    const known = this.#media.get(key);
    if (known !== undefined) return known;
    const medium: Medium = {
      ...{ key, part, maxTokens, blocks: undefined },
      ...(await this.#preprocess(part, signal, maxTokens)),
    };
    this.#media.set(key, medium);
    return medium;
  }

  /** Computes the medium's features unless they exist. */
  async encode(
    medium: Medium,
    encoder: VisionEncoder,
    signal: AbortSignal,
    onPixels: (input: VisionInput) => void,
  ): Promise<void> {
    if (medium.blocks !== undefined) return;
    const input = medium.input ?? (await this.#preprocess(medium.part, signal, medium.maxTokens)).input;
    onPixels(input);
    medium.blocks = await encoder.encode(input, signal);
    medium.input = undefined;
  }

  /** Releases the media whose keys are not in `keys`. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, medium] of this.#media) {
      if (keys.has(key)) continue;
      for (const block of medium.blocks ?? []) block.dispose();
      this.#media.delete(key);
    }
  }

  dispose(): void {
    this.keepOnly(new Set());
  }

  async #preprocess(
    part: MediaPart,
    signal: AbortSignal,
    maxTokens: number | undefined,
  ): Promise<{ input: VisionInput; prompt: PromptMedia }> {
    const { image, video, config } = this.#files;
    requireGeometry((part.type === 'image' ? image : video).geometry, config.vision);
    if (part.type === 'image') {
      const budget = maxTokens === undefined ? image.budget : tokenBudget(image, maxTokens);
      const input = preprocessImage(await this.#decoders.photo(part.photo), image, budget);
      return { input, prompt: { kind: 'image', grid: input.grid } };
    }
    const clip = await clipFrames(part, video, this.#decoders, signal);
    try {
      const { indices, fps, frames } = clip;
      const budget =
        maxTokens === undefined ? video.budget : clipTokenBudget(video, indices.length, maxTokens);
      const input = await preprocessClip(indices.length, frames, video, budget);
      const timestamps = groupTimestamps(indices, fps, config.vision.temporalPatchSize);
      return { input, prompt: { kind: 'video', grid: input.grid, timestamps } };
    } finally {
      clip.close();
    }
  }
}

/** Where the features of a slot's first token lie; undefined if the medium is not encoded. */
export function placeOfSlot(
  { blocks }: Medium,
  { group, height, width }: VisualSlot,
): FeaturePlace | undefined {
  return blocks && featurePlace(blocks, group * height * width);
}

export function isMedia(part: Part): part is MediaPart {
  return part.type !== 'text';
}

async function contentKey(part: MediaPart, maxTokens: number | undefined): Promise<string> {
  const files = part.type === 'image' ? [part.photo] : 'clip' in part ? [part.clip] : part.frames;
  const hashes = await Promise.all(files.map(contentHash));
  const detail = maxTokens ?? 'own';
  return 'frames' in part
    ? `${hashes.join()}@${detail}:${part.fps}:${part.indices.join()}`
    : `${hashes.join()}@${detail}`;
}

/** Hashes the file piece by piece, because a clip may be too large to be held at once. */
async function contentHash(file: Blob): Promise<string> {
  const hashes: string[] = [];
  for (let at = 0; at === 0 || at < file.size; at += PIECE_BYTES) {
    const piece = await file.slice(at, at + PIECE_BYTES).arrayBuffer();
    hashes.push(await sha256Hex(new Uint8Array(piece)));
  }
  return hashes.join('+');
}
