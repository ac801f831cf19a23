// The photo worker behind the walls: it gets no picture until all realms that see pictures have proven their walls.

import type { Box } from '../contract/box.ts';
import type { OpenedMedia } from '../contract/photos.ts';
import type { Outcome } from '../failure.ts';
import type { PhotoClient } from './photo-client.ts';

export class GuardedPhotos {
  readonly #client: Pick<PhotoClient, 'open' | 'crop'>;
  readonly #mayTake: () => Promise<Outcome<null>>;

  /** `mayTake` fails with 'unprotected' if a required wall does not hold. */
  constructor(client: Pick<PhotoClient, 'open' | 'crop'>, mayTake: () => Promise<Outcome<null>>) {
    this.#client = client;
    this.#mayTake = mayTake;
  }

  async open(photo: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    const may = await this.#mayTake();
    return may.kind === 'done' ? this.#client.open(photo, signal) : may;
  }

  async crop(photo: Blob, part: Box, signal: AbortSignal): Promise<Outcome<Blob>> {
    const may = await this.#mayTake();
    return may.kind === 'done' ? this.#client.crop(photo, part, signal) : may;
  }
}
