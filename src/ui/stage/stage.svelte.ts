// The state of the picture view: the item in view, the frame on it, and the mark that the user points at, either in
// the answer or on the picture.

import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Mark } from '../answer/marks.ts';
import type { Box } from '../../contract/box.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Turn } from '../conversation/turn.svelte.ts';
import type { MediaItem } from '../media/media-item.ts';
import type { Attachments } from '../media/attachments.svelte.ts';
import { chosenPictures } from './picture-choice.ts';

/** A mark of a turn's answer on its item, with the number that the page shows for the mark. */
export interface PlacedMark {
  /** Unique in the conversation. */
  id: string;
  number: number;
  mark: Mark;
  item: MediaItem;
}

/** A part of an item that is framed but not cut out yet. */
export interface Framed {
  item: MediaItem;
  box: Box;
}

/** The marks of an answer that does not say on which of several pictures they lie. */
export interface UnclearMarks {
  count: number;
  /** The pictures that the answer may be about. */
  media: readonly MediaItem[];
  /** The picture that the user chose; null until then. */
  chosen: MediaItem | null;
}

export class Stage {
  readonly #conversation: Conversation;
  readonly #attachments: Attachments;
  /** The item that the user chose; it stays in view until another item is added. */
  #chosen = $state.raw<{ item: MediaItem; newest: MediaItem | undefined } | null>(null);
  #pointedAt = $state<string | null>(null);
  /** The picture that the user chose for the unclear marks of a turn, by the turn's id. */
  readonly #choices = new SvelteMap<string, MediaItem>();
  /** The media of the conversation, each once. */
  readonly asked: readonly MediaItem[] = $derived.by(() =>
    eachOnce(this.#conversation.turns.flatMap((turn) => turn.media)),
  );
  #framed = $state.raw<Framed | null>(null);
  /** True while a part is being cut out, so that a second press does not cut it out twice. */
  #isTaking = false;
  /** All media, the conversation's first, then those of the next question. */
  readonly media: readonly MediaItem[] = $derived.by(() =>
    eachOnce([...this.asked, ...this.#attachments.media]),
  );
  /**
   * The item in view: the one that the user chose; otherwise the latest of the next question; otherwise the one that
   * the latest answer points at; otherwise the last of all media. Null if there is no item.
   */
  readonly item: MediaItem | null = $derived.by(() => {
    const newest = this.#attachments.media.at(-1);
    if (this.#chosen?.newest === newest && this.#chosen && this.media.includes(this.#chosen.item)) {
      return this.#chosen.item;
    }
    const latest = this.#conversation.turns.at(-1);
    const pointedOut = latest && this.marksOf(latest)[0]?.item;
    return newest ?? pointedOut ?? this.media.at(-1) ?? null;
  });
  readonly #pointing = $derived.by(() => {
    const { turns } = this.#conversation;
    for (const turn of turns.toReversed()) {
      const marks = this.marksOf(turn).filter(({ item }) => item === this.item);
      if (marks.length > 0) return { marks, isOld: turn !== turns.at(-1) };
    }
    return { marks: [], isOld: false };
  });

  /** The frame on the item in view, if any. The next question is about the framed part. */
  readonly framed: Framed | null = $derived(this.#framed?.item === this.item ? this.#framed : null);

  constructor(conversation: Conversation, attachments: Attachments) {
    this.#conversation = conversation;
    this.#attachments = attachments;
  }

  /** The marks of the latest answer that points at the item in view. */
  get marks(): readonly PlacedMark[] {
    return this.#pointing.marks;
  }

  /** Whether the marks belong to an answer before the latest one. */
  get marksAreOld(): boolean {
    return this.#pointing.isOld;
  }

  /** The id of the mark under the pointer or the focus. */
  get pointedAt(): string | null {
    return this.#pointedAt;
  }

  show(item: MediaItem): void {
    this.#chosen = { item, newest: this.#attachments.media.at(-1) };
  }

  frame(item: MediaItem, box: Box): void {
    this.#framed = { item, box };
  }

  endFrame(): void {
    this.#framed = null;
  }

  /**
   * Makes the framed part a picture of the next question, replacing the whole picture. Returns true if nothing is
   * framed. Returns false, and keeps the frame, if the part could not be cut out or is just being cut out.
   */
  async takeFrame(called: (name: string) => string): Promise<boolean> {
    const { framed } = this;
    if (framed === null) return true;
    if (this.#isTaking) return false;
    this.#isTaking = true;
    const isTaken = await this.#attachments.takePart(framed.item, framed.box, called(framed.item.name));
    this.#isTaking = false;
    if (isTaken) this.endFrame();
    return isTaken;
  }

  /** Whether the model has been shown the item, or will be with the next question. */
  isShared(item: MediaItem): boolean {
    return this.media.includes(item);
  }

  /** The item from which a part was cut, if it is still on this page. */
  wholeOf(part: MediaItem): MediaItem | null {
    return this.#attachments.wholeOf(part);
  }

  pointAt(id: string | null): void {
    this.#pointedAt = id;
  }

  /** The marks of a turn's answer whose picture is known; marks on clips are left out. */
  marksOf(turn: Turn): PlacedMark[] {
    const { marks } = turn.document;
    const placed = this.#placed(turn);
    const chosen = this.#choices.get(turn.id);
    return marks.flatMap((mark, index) => {
      const item = placed[index] ?? chosen;
      return item?.clipSeconds !== null
        ? []
        : [{ id: `${turn.id}:${mark.id}`, number: index + 1, mark, item }];
    });
  }

  /** The marks of the answer whose picture is unclear; null if there are no such marks. */
  unclearMarksOf(turn: Turn): UnclearMarks | null {
    const count = this.#placed(turn).filter((item) => item === null).length;
    if (count === 0) return null;
    const seen = this.#conversation.mediaFor(turn).media;
    const media = seen.filter((item, at) => item.clipSeconds === null && seen.indexOf(item) === at);
    return { count, media, chosen: this.#choices.get(turn.id) ?? null };
  }

  /** Records the picture on which the unclear marks of a turn lie, and shows it. */
  choosePicture(turn: Turn, item: MediaItem): void {
    this.#choices.set(turn.id, item);
    this.show(item);
  }

  /** For each mark of a turn, its item; null if that is unclear. */
  #placed(turn: Turn): (MediaItem | null)[] {
    const { marks } = turn.document;
    if (marks.length === 0) return [];
    const { media, own } = this.#conversation.mediaFor(turn);
    return media.length === 0
      ? []
      : chosenPictures(
          marks.map(({ picture }) => picture),
          media,
          own,
        );
  }
}

function eachOnce(media: readonly MediaItem[]): MediaItem[] {
  return media.filter((item, index) => media.indexOf(item) === index);
}

export const [useStage, provideStage] = createContext<Stage>();
