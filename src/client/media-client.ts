// The page's side of the media worker. Every call settles. Owns the worker; the next call replaces a dead one.

import type { Box } from '../contract/box.ts';
import type { OpenedMedia, MediaApi } from '../contract/media.ts';
import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import { WorkerCalls, type WorkerLike } from './worker-calls.ts';

export class MediaClient {
  readonly #calls: WorkerCalls<MediaApi>;

  /** `start` makes a fresh worker that exposes a MediaApi; `onMissing`: see WorkerCalls. */
  constructor(start: () => WorkerLike, onMissing?: () => void) {
    this.#calls = new WorkerCalls<MediaApi>('media', start, onMissing);
  }

  walls(): Promise<Outcome<WallReport>> {
    return this.#calls.call((api) => api.walls());
  }

  open(file: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    return this.#calls.run(signal, (api, id) => api.open(id, file));
  }

  crop(picture: Blob, part: Box, signal: AbortSignal): Promise<Outcome<Blob>> {
    return this.#calls.run(signal, (api, id) => api.crop(id, picture, part));
  }

  /** Ends the worker; pending calls fail with 'worker-died'. */
  dispose(): void {
    this.#calls.dispose();
  }
}
