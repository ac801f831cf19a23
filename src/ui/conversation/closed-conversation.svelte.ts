// Holds the conversation that “New conversation” has removed from the page. The user can restore it until the next
// conversation begins. It is only in memory, so it is lost with the page.

import type { OpenMedia } from '../media/open-media.ts';
import type { MediaItem } from '../media/media-item.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import type { Conversation, SavedConversation } from './conversation.svelte.ts';

interface Parts {
  conversation: Pick<Conversation, 'turns' | 'save' | 'load' | 'clear'>;
  attachments: Pick<Attachments, 'media' | 'take' | 'put'>;
  openMedia: Pick<OpenMedia, 'keepOnly' | 'release'>;
}

interface Closed {
  saved: SavedConversation;
  /** `media`: the media of its questions. `waiting`: those that were attached to the next question. */
  media: readonly MediaItem[];
  waiting: readonly MediaItem[];
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
    const { conversation, attachments, openMedia } = this.#parts;
    const media = conversation.turns.flatMap((turn) => turn.media);
    const saved = conversation.save();
    conversation.clear();
    const waiting = attachments.take();
    this.#closed = saved.turns.length === 0 ? null : { saved, media, waiting };
    openMedia.keepOnly(this.#closed === null ? [] : [...media, ...waiting]);
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
    const { conversation, attachments, openMedia } = this.#parts;
    this.#closed = null;
    const inUse = [...attachments.media, ...conversation.turns.flatMap((turn) => turn.media)];
    openMedia.release([...closed.media, ...closed.waiting].filter((item) => !inUse.includes(item)));
  }
}
