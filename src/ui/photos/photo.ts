// A picture or clip of the conversation: the file as it was given, its facts, and what the page shows of it.

import type { Box } from '../../contract/photos.ts';

export interface Photo {
  id: string;
  /** The file's name, or what the page calls it. */
  name: string;
  /** The bytes as they were given; they go to the model. */
  file: Blob;
  /** In pixels, upright. */
  width: number;
  height: number;
  preview: Blob;
  /** The length of a clip; null for a picture that stands still. */
  clipSeconds: number | null;
  /** Object URLs of the file and of its preview; the PhotoShelf releases them. */
  url: string;
  previewUrl: string;
  /** Where it was cut from; null for a whole picture. */
  part: Part | null;
}

export interface Part {
  /** The id of the whole photo. */
  of: string;
  box: Box;
}

/** Whether a clip is a video file; an animated picture is shown as a picture is. */
export function isVideo({ file, clipSeconds }: Pick<Photo, 'file' | 'clipSeconds'>): boolean {
  return clipSeconds !== null && !file.type.startsWith('image/');
}
