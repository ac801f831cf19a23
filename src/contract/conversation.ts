// A conversation as it crosses from the page to the worker: plain data, photos still encoded.

export interface TextPart {
  type: 'text';
  text: string;
}

export interface ImagePart {
  type: 'image';
  /** The encoded file (JPEG, PNG, WebP, …). */
  photo: Blob;
}

/** A clip as already extracted frames; decoding video files is not the engine's work. */
export interface VideoPart {
  type: 'video';
  /** Encoded frames, in time order. */
  frames: Blob[];
  /** Frames per second of the source that `indices` count in. */
  fps: number;
  /** The frame number of each frame in the source. */
  indices: number[];
}

export type Part = TextPart | ImagePart | VideoPart;

export interface Message {
  role: 'system' | 'user' | 'assistant';
  content: string | Part[];
}

/** How the next token is chosen. Absent fields mean "off". */
export interface Sampling {
  /** 0 or absent: greedy. */
  temperature?: number;
  topK?: number;
  topP?: number;
  minP?: number;
  /** > 1 lowers tokens already seen (prompt and answer), as in transformers. */
  repetitionPenalty?: number;
  /** Subtracted once from every token already generated. */
  presencePenalty?: number;
  seed?: number;
}
