// The conversation that “New conversation” has taken off the page: it can be had back until the next one begins. It is
// held in memory alone; with the page it is gone.

import type { PhotoShelf } from '../photos/photo-shelf.ts';
import type { Photo } from '../photos/photo.ts';
import type { Tray } from '../photos/tray.svelte.ts';
import type { Conversation, SavedConversation } from './conversation.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'turns' | 'save' | 'load' | 'clear'>;
  tray: Pick<Tray, 'photos' | 'take' | 'put'>;
  shelf: Pick<PhotoShelf, 'keepOnly' | 'release'>;
}

interface Closed {
  saved: SavedConversation;
  /** Of its questions, and those that waited for the next one. */
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

  /** Empties the page; an answer under way is stopped. A conversation that has begun can be had back. */
  close(): void {
    const { conversation, tray, shelf } = this.#parts;
    const photos = conversation.turns.flatMap((turn) => turn.photos);
    const saved = conversation.save();
    conversation.clear();
    const waiting = tray.take();
    this.#closed = saved.turns.length === 0 ? null : { saved, photos, waiting };
    shelf.keepOnly(this.#closed === null ? [] : [...photos, ...waiting]);
  }

  undo(): void {
    const closed = this.#closed;
    if (closed === null) return;
    this.#closed = null;
    this.#parts.conversation.load(closed.saved);
    this.#parts.tray.put(closed.waiting);
  }

  /** Lets go of it for good: another conversation has begun, or somebody says so. */
  forget(): void {
    const closed = this.#closed;
    if (closed === null) return;
    const { conversation, tray, shelf } = this.#parts;
    this.#closed = null;
    const inUse = [...tray.photos, ...conversation.turns.flatMap((turn) => turn.photos)];
    shelf.release([...closed.photos, ...closed.waiting].filter((photo) => !inUse.includes(photo)));
  }
}
