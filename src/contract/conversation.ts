// A conversation in the form in which it crosses from the page to the worker: plain data, with photos still encoded.

import type { Box } from './box.ts';

export interface TextPart {
  type: 'text';
  text: string;
}

export interface ImagePart {
  type: 'image';
  /** The encoded file (JPEG, PNG, WebP, …). */
  photo: Blob;
  /** Set if the picture was cut out of another picture of the conversation; the prompt then names that picture. */
  cutFrom?: CutFrom;
}

export interface CutFrom {
  /** The number of the whole picture: its position among the conversation's pictures and clips, from 1. */
  picture: number;
  box: Box;
}

/** A video file or an animated picture. The loaded checkpoint's settings decide which of its frames the model reads. */
export interface ClipPart {
  type: 'video';
  /** The encoded file (WebM, MP4, GIF, …). */
  clip: Blob;
}

/** A clip whose frames the caller has already extracted. */
export interface VideoPart {
  type: 'video';
  /** Encoded frames, in time order. */
  frames: Blob[];
  /** Frames per second of the source. */
  fps: number;
  /** The frame number of each frame in the source. */
  indices: number[];
}

export type Part = TextPart | ImagePart | ClipPart | VideoPart;

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string | Part[];
}

/** How the next token is chosen. Omitting a field switches its filter off. */
export interface Sampling {
  /** If 0 or omitted, the most likely token is chosen (greedy). */
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  /** Values above 1 lower the logits of tokens already seen (in prompt and answer), as in transformers. */
  repetitionPenalty?: number;
  /** Subtracted once from the logit of every token that the answer already contains. */
  presencePenalty?: number;
  seed?: number;
}
