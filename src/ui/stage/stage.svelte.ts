// What of the conversation is looked at: the photo in view, and the mark that is pointed at, from the
// answer's side or from the picture's.

import { createContext } from 'svelte';
import type { Mark } from '../answer/marks.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Turn } from '../conversation/turn.svelte.ts';
import type { Photo } from '../photos/photo.ts';
import type { Tray } from '../photos/tray.svelte.ts';

/** A mark of one turn's answer on its photo, with the number it goes by. */
export interface PlacedMark {
  /** Unique in the conversation. */
  id: string;
  number: number;
  mark: Mark;
  photo: Photo;
}

export class Stage {
  readonly #conversation: Conversation;
  readonly #tray: Tray;
  /** Somebody's choice, until a photo is added after it. */
  #chosen = $state.raw<{ photo: Photo; newest: Photo | undefined } | null>(null);
  #pointedAt = $state<string | null>(null);
  /** All photos, the conversation's first, then those of the next question. */
  readonly photos: readonly Photo[] = $derived.by(() => {
    const asked = this.#conversation.turns.flatMap((turn) => turn.photos);
    return [...asked, ...this.#tray.photos].filter((photo, index, all) => all.indexOf(photo) === index);
  });
  /**
   * The one in view: as chosen, else the latest that was added, else the one that the latest answer points
   * at; null where there is none.
   */
  readonly photo: Photo | null = $derived.by(() => {
    const newest = this.#tray.photos.at(-1);
    if (this.#chosen?.newest === newest && this.#chosen && this.photos.includes(this.#chosen.photo)) {
      return this.#chosen.photo;
    }
    const latest = this.#conversation.turns.at(-1);
    const pointedOut = latest && this.marksOf(latest)[0]?.photo;
    return newest ?? pointedOut ?? this.photos.at(-1) ?? null;
  });
  /** Of the latest answer that points at the photo in view. */
  readonly marks: readonly PlacedMark[] = $derived.by(() => {
    for (const turn of this.#conversation.turns.toReversed()) {
      const here = this.marksOf(turn).filter(({ photo }) => photo === this.photo);
      if (here.length > 0) return here;
    }
    return [];
  });

  constructor(conversation: Conversation, tray: Tray) {
    this.#conversation = conversation;
    this.#tray = tray;
  }

  /** The id of the mark under the pointer or the focus. */
  get pointedAt(): string | null {
    return this.#pointedAt;
  }

  show(photo: Photo): void {
    this.#chosen = { photo, newest: this.#tray.photos.at(-1) };
  }

  pointAt(id: string | null): void {
    this.#pointedAt = id;
  }

  /** The marks of a turn's answer: on the picture that they name, else on the last one it saw; none on a clip. */
  marksOf(turn: Turn): PlacedMark[] {
    const { marks } = turn.document;
    if (marks.length === 0) return [];
    const photos = this.#conversation.photosFor(turn);
    return marks.flatMap((mark, index) => {
      const photo = photos[mark.picture ?? photos.length - 1] ?? photos.at(-1);
      return photo?.clipSeconds !== null
        ? []
        : [{ id: `${turn.id}:${mark.id}`, number: index + 1, mark, photo }];
    });
  }
}

export const [useStage, provideStage] = createContext<Stage>();
