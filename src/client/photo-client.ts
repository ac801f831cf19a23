// The page's side of the photo worker. Every call settles. Owns the worker; the next call replaces a dead one.

import type { Box } from '../contract/box.ts';
import type { OpenedMedia, PhotoApi } from '../contract/photos.ts';
import type { Outcome } from '../failure.ts';
import type { WallReport } from '../policy/walls.ts';
import { WorkerCalls, type WorkerLike } from './worker-calls.ts';

export class PhotoClient {
  readonly #calls: WorkerCalls<PhotoApi>;

  /** `start` makes a fresh worker that exposes a PhotoApi; `onMissing`: see WorkerCalls. */
  constructor(start: () => WorkerLike, onMissing?: () => void) {
    this.#calls = new WorkerCalls<PhotoApi>('photo', start, onMissing);
  }

  walls(): Promise<Outcome<WallReport>> {
    return this.#calls.call((api) => api.walls());
  }

  open(photo: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    return this.#calls.run(signal, (api, id) => api.open(id, photo));
  }

  crop(photo: Blob, part: Box, signal: AbortSignal): Promise<Outcome<Blob>> {
    return this.#calls.run(signal, (api, id) => api.crop(id, photo, part));
  }

  /** Ends the worker; pending calls fail with 'worker-died'. */
  dispose(): void {
    this.#calls.dispose();
  }
}
