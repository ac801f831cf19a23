// The media worker behind the walls: it gets no picture until all realms that see pictures have proven their walls.

import type { Box } from '../contract/box.ts';
import type { OpenedMedia } from '../contract/media.ts';
import type { Outcome } from '../failure.ts';
import type { MediaClient } from './media-client.ts';

export class GuardedMedia {
  readonly #client: Pick<MediaClient, 'open' | 'crop'>;
  readonly #mayTake: () => Promise<Outcome<null>>;

  /** `mayTake` must fail with 'unprotected' if a required wall does not hold. */
  constructor(client: Pick<MediaClient, 'open' | 'crop'>, mayTake: () => Promise<Outcome<null>>) {
    this.#client = client;
    this.#mayTake = mayTake;
  }

  async open(file: Blob, signal: AbortSignal): Promise<Outcome<OpenedMedia>> {
    const may = await this.#mayTake();
    return may.kind === 'done' ? this.#client.open(file, signal) : may;
  }

  async crop(picture: Blob, part: Box, signal: AbortSignal): Promise<Outcome<Blob>> {
    const may = await this.#mayTake();
    return may.kind === 'done' ? this.#client.crop(picture, part, signal) : may;
  }
}
