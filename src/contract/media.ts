// The media worker's API. It gives the page a preview and the size of a picture or clip before any model reads the
// file, and cuts parts out of pictures. Decoding a large picture takes a second and a gigabyte of memory, so the worker
// decodes one at a time, outside the page's thread.

import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { Box } from './box.ts';
import type { RunId } from './inference.ts';

export interface OpenedMedia {
  /** The opened file. The file of a clip has the type of its content, even if its name suggests another. */
  file: Blob;
  /** The size in pixels, upright. */
  width: number;
  height: number;
  /** A small, upright JPEG of the picture, or of a clip's first frame. */
  preview: Blob;
  /** The length of a clip; null for a still picture. */
  clipSeconds: number | null;
}

export interface MediaApi {
  /** The worker's report about its own walls. If one of them does not hold, the worker opens no picture. */
  walls(): Promise<Outcome<WallReport>>;

  /**
   * Opens a picture or clip. Fails with 'unprotected', 'bad-photo', 'photo-too-large' or 'photo-too-narrow'; a clip
   * also with 'bad-clip', 'unplayable-clip', 'unplayable-animation' or 'clip-too-long'.
   */
  open(runId: RunId, file: Blob): Promise<Outcome<OpenedMedia>>;

  /**
   * Returns the part as a separate picture (PNG) with the same pixels. Fails with the failures of `open` for a picture.
   */
  crop(runId: RunId, picture: Blob, part: Box): Promise<Outcome<Blob>>;

  /** Stops a waiting run. An unknown or finished run is ignored. */
  cancel(runId: RunId): void;
}
