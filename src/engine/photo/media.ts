// The pictures and clips of a conversation: decoded, preprocessed and encoded once, known by their
// content. Owns the features; those of media that a conversation no longer holds are released.

import type { ImagePart, Part, VideoPart } from '../../contract/conversation.ts';
import { fail } from '../../failure.ts';
import type { DecodePhoto, VisionInput } from './photo.ts';
import { preprocessClip, preprocessImage, tokenBudget } from './preprocess.ts';
import type { CheckpointFiles } from '../checkpoint-files.ts';
import { requireGeometry } from './preprocessor-config.ts';
import type { PromptMedia } from '../prompt/prompt.ts';
import { groupTimestamps } from './video-frames.ts';
import { disposeBlock, type FeatureBlock, type VisionEncoder } from '../vision/vision-encoder.ts';

export type MediaPart = ImagePart | VideoPart;

export interface Medium {
  /** Of its content: equal for equal files read at equal detail. */
  key: string;
  part: MediaPart;
  /** At most this many tokens where it is a picture; undefined: as the checkpoint says. */
  maxTokens: number | undefined;
  prompt: PromptMedia;
  /** Until it is encoded. */
  input: VisionInput | undefined;
  blocks: FeatureBlock[] | undefined;
}

/** What of the checkpoint's files says how media are read. */
type MediaFiles = Pick<CheckpointFiles, 'image' | 'video' | 'config'>;

export class MediaLibrary {
  readonly #media = new Map<string, Medium>();
  readonly #files: MediaFiles;
  readonly #decode: DecodePhoto;

  constructor(files: MediaFiles, decode: DecodePhoto) {
    this.#files = files;
    this.#decode = decode;
  }

  /** The medium of a part; decodes it unless its content is known. Fails as DecodePhoto does. */
  async prepare(part: MediaPart, maxTokens?: number): Promise<Medium> {
    const key = await contentKey(part, maxTokens);
    const known = this.#media.get(key);
    if (known !== undefined) return known;
    const input = await this.#preprocess(part, maxTokens);
    const prompt = this.#promptOf(part, input);
    const medium: Medium = { key, part, maxTokens, prompt, input, blocks: undefined };
    this.#media.set(key, medium);
    return medium;
  }

  /** The medium's features, computed unless they are at hand. */
  async encode(
    medium: Medium,
    encoder: VisionEncoder,
    signal: AbortSignal,
    onPixels: (input: VisionInput) => void,
  ): Promise<void> {
    if (medium.blocks !== undefined) return;
    const input = medium.input ?? (await this.#preprocess(medium.part, medium.maxTokens));
    onPixels(input);
    medium.blocks = await encoder.encode(input, signal);
    medium.input = undefined;
  }

  /** Releases what no key names. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const [key, medium] of this.#media) {
      if (keys.has(key)) continue;
      medium.blocks?.forEach(disposeBlock);
      this.#media.delete(key);
    }
  }

  dispose(): void {
    this.keepOnly(new Set());
  }

  async #preprocess(part: MediaPart, maxTokens: number | undefined): Promise<VisionInput> {
    const { image, video, config } = this.#files;
    requireGeometry((part.type === 'image' ? image : video).geometry, config.vision);
    if (part.type === 'image') {
      const budget = maxTokens === undefined ? image.budget : tokenBudget(image, maxTokens);
      return preprocessImage(await this.#decode(part.photo), image, budget);
    }
    if (part.indices.length !== part.frames.length) {
      fail('bad-request', `A clip of ${part.frames.length} frames has ${part.indices.length} indices.`);
    }
    const frames = [];
    for (const frame of part.frames) frames.push(await this.#decode(frame));
    const [first] = frames;
    if (frames.some((frame) => frame.width !== first?.width || frame.height !== first.height)) {
      fail('bad-request', 'The frames of a clip differ in size.');
    }
    return preprocessClip(frames, video);
  }

  #promptOf(part: MediaPart, { grid }: VisionInput): PromptMedia {
    if (part.type === 'image') return { kind: 'image', grid };
    const { temporalPatchSize } = this.#files.config.vision;
    return { kind: 'video', grid, timestamps: groupTimestamps(part.indices, part.fps, temporalPatchSize) };
  }
}

export function isMedia(part: Part): part is MediaPart {
  return part.type !== 'text';
}

async function contentKey(part: MediaPart, maxTokens: number | undefined): Promise<string> {
  const files = part.type === 'image' ? [part.photo] : part.frames;
  const hashes = await Promise.all(files.map(async (file) => sha256(await file.arrayBuffer())));
  return part.type === 'image'
    ? `${hashes.join()}@${maxTokens ?? 'own'}`
    : `${hashes.join()}@${part.fps}:${part.indices.join()}`;
}

async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
