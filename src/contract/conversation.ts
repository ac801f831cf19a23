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

/** A video file or an animated picture; the loaded checkpoint says which of its frames are read. */
export interface ClipPart {
  type: 'video';
  /** The encoded file (WebM, MP4, GIF, …). */
  clip: Blob;
}

/** A clip as frames that somebody extracted already. */
export interface VideoPart {
  type: 'video';
  /** Encoded frames, in time order. */
  frames: Blob[];
  /** Frames per second of the source that `indices` count in. */
  fps: number;
  /** The frame number of each frame in the source. */
  indices: number[];
}

export type Part = TextPart | ImagePart | ClipPart | VideoPart;

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
