// The photo worker's API: what the page needs of a picture or a clip before any model reads it. Decoding a large
// one takes a second and a gigabyte, so it happens one at a time, away from the page.

import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import type { RunId } from './inference.ts';

/** A part of a picture as the models name it: left, top, right, bottom, 0 … 1000 of its sides. */
export type Box = readonly [left: number, top: number, right: number, bottom: number];

export interface OpenedPhoto {
  /** The file that was opened; a clip has the type of what it holds, whatever its name says. */
  file: Blob;
  /** In pixels, upright. */
  width: number;
  height: number;
  /** A small JPEG of it, upright; of a clip, its first frame. */
  preview: Blob;
  /** The length of a clip; null for a picture that stands still. */
  clipSeconds: number | null;
}

export interface PhotoApi {
  /** What this worker found when it tried its own walls. Where one does not hold, no picture is opened. */
  walls(): Promise<Outcome<WallReport>>;

  /**
   * Fails with 'unprotected', 'bad-photo', 'photo-too-large' or 'photo-too-narrow'; a clip also with 'bad-clip',
   * 'unplayable-clip', 'unplayable-animation' or 'clip-too-long'.
   */
  open(runId: RunId, photo: Blob): Promise<Outcome<OpenedPhoto>>;

  /** The part as a picture of its own, pixel for pixel (PNG). Fails as `open` does with a picture. */
  crop(runId: RunId, photo: Blob, part: Box): Promise<Outcome<Blob>>;

  /** Stops a run that is waiting; an unknown or finished one is ignored. */
  cancel(runId: RunId): void;
}
