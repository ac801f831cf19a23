// The photo worker's API. It gives the page a preview and the size of a picture or clip before any model reads
// the file, and cuts parts out of pictures. Decoding a large picture takes a second and a gigabyte, so the
// worker decodes one at a time, away from the page.

import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { Box } from './box.ts';
import type { RunId } from './inference.ts';

export interface OpenedMedia {
  /** The opened file. A clip has the type of its content, whatever its name says. */
  file: Blob;
  /** In pixels, upright. */
  width: number;
  height: number;
  /** A small, upright JPEG of the picture, or of a clip's first frame. */
  preview: Blob;
  /** The length of a clip; null for a still picture. */
  clipSeconds: number | null;
}

export interface PhotoApi {
  /** The worker's report about its own walls. If one of them does not hold, the worker opens no picture. */
  walls(): Promise<Outcome<WallReport>>;

  /**
   * Fails with 'unprotected', 'bad-photo', 'photo-too-large' or 'photo-too-narrow'; a clip also with 'bad-clip',
   * 'unplayable-clip', 'unplayable-animation' or 'clip-too-long'.
   */
  open(runId: RunId, photo: Blob): Promise<Outcome<OpenedMedia>>;

  /** Returns the part as a separate picture, pixel for pixel (PNG). Fails as `open` does with a picture. */
  crop(runId: RunId, photo: Blob, part: Box): Promise<Outcome<Blob>>;

  /** Stops a run that is waiting; an unknown or finished one is ignored. */
  cancel(runId: RunId): void;
}
