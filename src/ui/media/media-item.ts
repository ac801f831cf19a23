// A picture or clip of the conversation: the file that the user chose, its size and length, and its preview.

import type { Box } from '../../contract/box.ts';

export interface MediaItem {
  id: string;
  /** The file's name, or the name that the page gives it. */
  name: string;
  /** The unchanged bytes of the user's file, which the model gets. */
  file: Blob;
  /** The size of the upright picture, in pixels. */
  width: number;
  height: number;
  preview: Blob;
  /** The length of a clip; null for a still picture. */
  clipSeconds: number | null;
  /** Object URLs of the file and of its preview; the OpenMedia releases them. */
  url: string;
  previewUrl: string;
  /** The item from which this part was cut, and the part's box; null for a whole picture. */
  part: Part | null;
}

export interface Part {
  /** The id of the whole item. */
  of: string;
  box: Box;
}

/** Whether the item is a video file. An animated picture is a clip, too, but the page shows it like a still one. */
export function isVideo({ file, clipSeconds }: Pick<MediaItem, 'file' | 'clipSeconds'>): boolean {
  return clipSeconds !== null && !file.type.startsWith('image/');
}
