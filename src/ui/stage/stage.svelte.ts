// The state of the picture view: the photo in view, the frame on it, and the mark that the user points at, either in
// the answer or on the picture.

import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Mark } from '../answer/marks.ts';
import type { Box } from '../../contract/box.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Turn } from '../conversation/turn.svelte.ts';
import type { Photo } from '../photos/photo.ts';
import type { Attachments } from '../photos/attachments.svelte.ts';
import { chosenPictures } from './picture-choice.ts';

/** A mark of a turn's answer on its photo, with the number that the page shows for the mark. */
export interface PlacedMark {
  /** Unique in the conversation. */
  id: string;
  number: number;
  mark: Mark;
  photo: Photo;
}

/** A part of a photo that is framed but not cut out yet. */
export interface Framed {
  photo: Photo;
  box: Box;
}

/** The marks of an answer that does not say on which of several pictures they lie. */
export interface UnclearMarks {
  count: number;
  /** The pictures that the answer may be about. */
  photos: readonly Photo[];
  /** The picture that the user chose; null until then. */
  chosen: Photo | null;
}

export class Stage {
  readonly #conversation: Conversation;
  readonly #attachments: Attachments;
  /** The photo that the user chose; it stays in view until another photo is added. */
  #chosen = $state.raw<{ photo: Photo; newest: Photo | undefined } | null>(null);
  #pointedAt = $state<string | null>(null);
  /** The picture that the user chose for the unclear marks of a turn, by the turn's id. */
  readonly #choices = new SvelteMap<string, Photo>();
  /** The photos of the conversation, each once. */
  readonly asked: readonly Photo[] = $derived.by(() =>
    eachOnce(this.#conversation.turns.flatMap((turn) => turn.photos)),
  );
  #framed = $state.raw<Framed | null>(null);
  /** True while a part is being cut out, so that a second press does not cut it out twice. */
  #isTaking = false;
  /** All photos, the conversation's first, then those of the next question. */
  readonly photos: readonly Photo[] = $derived.by(() =>
    eachOnce([...this.asked, ...this.#attachments.photos]),
  );
  /**
   * The photo in view: the one that the user chose; otherwise the latest of the next question; otherwise the one that
   * the latest answer points at; otherwise the last of all photos. Null if there is no photo.
   */
  readonly photo: Photo | null = $derived.by(() => {
    const newest = this.#attachments.photos.at(-1);
    if (this.#chosen?.newest === newest && this.#chosen && this.photos.includes(this.#chosen.photo)) {
      return this.#chosen.photo;
    }
    const latest = this.#conversation.turns.at(-1);
    const pointedOut = latest && this.marksOf(latest)[0]?.photo;
    return newest ?? pointedOut ?? this.photos.at(-1) ?? null;
  });
  readonly #pointing = $derived.by(() => {
    const { turns } = this.#conversation;
    for (const turn of turns.toReversed()) {
      const marks = this.marksOf(turn).filter(({ photo }) => photo === this.photo);
      if (marks.length > 0) return { marks, isOld: turn !== turns.at(-1) };
    }
    return { marks: [], isOld: false };
  });

  /** The frame on the photo in view, if any. The next question is about the framed part. */
  readonly framed: Framed | null = $derived(this.#framed?.photo === this.photo ? this.#framed : null);

  constructor(conversation: Conversation, attachments: Attachments) {
    this.#conversation = conversation;
    this.#attachments = attachments;
  }

  /** The marks of the latest answer that points at the photo in view. */
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

  show(photo: Photo): void {
    this.#chosen = { photo, newest: this.#attachments.photos.at(-1) };
  }

  frame(photo: Photo, box: Box): void {
    this.#framed = { photo, box };
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
    const isTaken = await this.#attachments.takePart(framed.photo, framed.box, called(framed.photo.name));
    this.#isTaking = false;
    if (isTaken) this.endFrame();
    return isTaken;
  }

  /** Whether the model has been shown the photo, or will be with the next question. */
  isShared(photo: Photo): boolean {
    return this.photos.includes(photo);
  }

  /** The photo from which a part was cut, if it is still on this page. */
  wholeOf(part: Photo): Photo | null {
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
      const photo = placed[index] ?? chosen;
      return photo?.clipSeconds !== null
        ? []
        : [{ id: `${turn.id}:${mark.id}`, number: index + 1, mark, photo }];
    });
  }

  /** The marks of the answer whose picture is unclear; null if there are no such marks. */
  unclearMarksOf(turn: Turn): UnclearMarks | null {
    const count = this.#placed(turn).filter((photo) => photo === null).length;
    if (count === 0) return null;
    const seen = this.#conversation.photosFor(turn).photos;
    const photos = seen.filter((photo, at) => photo.clipSeconds === null && seen.indexOf(photo) === at);
    return { count, photos, chosen: this.#choices.get(turn.id) ?? null };
  }

  /** Records the picture on which the unclear marks of a turn lie, and shows it. */
  choosePicture(turn: Turn, photo: Photo): void {
    this.#choices.set(turn.id, photo);
    this.show(photo);
  }

  /** For each mark of a turn, its photo; null if that is unclear. */
  #placed(turn: Turn): (Photo | null)[] {
    const { marks } = turn.document;
    if (marks.length === 0) return [];
    const { photos, own } = this.#conversation.photosFor(turn);
    return photos.length === 0
      ? []
      : chosenPictures(
          marks.map(({ picture }) => picture),
          photos,
          own,
        );
  }
}

function eachOnce(photos: readonly Photo[]): Photo[] {
  return photos.filter((photo, index) => photos.indexOf(photo) === index);
}

export const [useStage, provideStage] = createContext<Stage>();
