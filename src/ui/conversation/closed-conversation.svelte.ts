// Holds the conversation that “New conversation” has removed from the page. The user can restore it until the next
// conversation begins. It is only in memory, so it is lost with the page.

import type { OpenPhotos } from '../photos/open-photos.ts';
import type { Photo } from '../photos/photo.ts';
import type { Attachments } from '../photos/attachments.svelte.ts';
import type { Conversation, SavedConversation } from './conversation.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'turns' | 'save' | 'load' | 'clear'>;
  attachments: Pick<Attachments, 'photos' | 'take' | 'put'>;
  openPhotos: Pick<OpenPhotos, 'keepOnly' | 'release'>;
}

interface Closed {
  saved: SavedConversation;
  /** `photos`: the photos of its questions. `waiting`: those that were attached to the next question. */
  photos: readonly Photo[];
  waiting: readonly Photo[];
}

export class ClosedConversation {
  readonly #parts: Parts;
  #closed = $state.raw<Closed | null>(null);

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get canUndo(): boolean {
    return this.#closed !== null;
  }

  /** Empties the page and stops a running answer. `undo` restores the conversation if it had a turn. */
  close(): void {
    const { conversation, attachments, openPhotos } = this.#parts;
    const photos = conversation.turns.flatMap((turn) => turn.photos);
    const saved = conversation.save();
    conversation.clear();
    const waiting = attachments.take();
    this.#closed = saved.turns.length === 0 ? null : { saved, photos, waiting };
    openPhotos.keepOnly(this.#closed === null ? [] : [...photos, ...waiting]);
  }

  undo(): void {
    const closed = this.#closed;
    if (closed === null) return;
    this.#closed = null;
    this.#parts.conversation.load(closed.saved);
    this.#parts.attachments.put(closed.waiting);
  }

  /** Drops the closed conversation for good, because another one has begun or the user wants it. */
  forget(): void {
    const closed = this.#closed;
    if (closed === null) return;
    const { conversation, attachments, openPhotos } = this.#parts;
    this.#closed = null;
    const inUse = [...attachments.photos, ...conversation.turns.flatMap((turn) => turn.photos)];
    openPhotos.release([...closed.photos, ...closed.waiting].filter((photo) => !inUse.includes(photo)));
  }
}
