// The question that the user is preparing: the pictures that it is about, whether they belong to a sample, and whether
// the model can take all of them.

import { limitOf } from '../composer/limit-of.ts';
import type { MediaItem } from '../media/media-item.ts';
import type { PictureLimit } from '../media/picture-limit.ts';
import type { AppParts } from './page-parts.ts';

type Parts = Pick<
  AppParts,
  'conversation' | 'attachments' | 'models' | 'settings' | 'stage' | 'samples' | 'draft'
>;

export class NextQuestion {
  readonly #parts: Parts;
  readonly #limit = $derived.by(() => limitOf(this.#parts));

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get hasWords(): boolean {
    return this.#parts.draft.words.trim() !== '';
  }

  /** The attached pictures; if there are none, the picture in view. */
  get subject(): readonly MediaItem[] {
    const { attachments, stage } = this.#parts;
    if (attachments.media.length > 0) return attachments.media;
    return stage.item === null ? [] : [stage.item];
  }

  /** Whether the attached pictures are a sample; the page then offers the sample's own questions. */
  get isSample(): boolean {
    const { samples, attachments } = this.#parts;
    return samples.chosen !== undefined && attachments.media.length <= samples.chosen.files.length;
  }

  /** Null if the model can take all pictures, or if none is attached. */
  get limit(): PictureLimit | null {
    return this.#limit;
  }

  /** Whether there are more pictures than the built-in model can use; the user then cannot ask. */
  get isOverLimit(): boolean {
    return this.#limit?.kind === 'madeFor';
  }
}
