// What of the conversation is looked at: the photo in view, and the mark that is pointed at, from the
// answer's side or from the picture's.

import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Mark } from '../answer/marks.ts';
import type { Box } from '../../contract/photos.ts';
import type { Conversation } from '../conversation/conversation.svelte.ts';
import type { Turn } from '../conversation/turn.svelte.ts';
import type { Photo } from '../photos/photo.ts';
import type { Tray } from '../photos/tray.svelte.ts';
import { chosenPictures } from './picture-choice.ts';

/** A mark of one turn's answer on its photo, with the number it goes by. */
export interface PlacedMark {
  /** Unique in the conversation. */
  id: string;
  number: number;
  mark: Mark;
  photo: Photo;
}

/** A part of a photo that is framed and not taken yet. */
export interface Framed {
  photo: Photo;
  box: Box;
}

/** The marks of an answer that does not say on which of several pictures they are. */
export interface UnclearMarks {
  count: number;
  /** The pictures that it may mean. */
  photos: readonly Photo[];
  /** The one that the person chose; null until then. */
  chosen: Photo | null;
}

export class Stage {
  readonly #conversation: Conversation;
  readonly #tray: Tray;
  /** Somebody's choice, until a photo is added after it. */
  #chosen = $state.raw<{ photo: Photo; newest: Photo | undefined } | null>(null);
  #pointedAt = $state<string | null>(null);
  /** Turn id → the picture that the person chose for its unclear marks. */
  readonly #choices = new SvelteMap<string, Photo>();
  /** The photos of the conversation, each once. */
  readonly asked: readonly Photo[] = $derived.by(() =>
    eachOnce(this.#conversation.turns.flatMap((turn) => turn.photos)),
  );
  #framed = $state.raw<Framed | null>(null);
  /** A second press while the part is cut out cuts no second one. */
  #isTaking = false;
  /** All photos, the conversation's first, then those of the next question. */
  readonly photos: readonly Photo[] = $derived.by(() => eachOnce([...this.asked, ...this.#tray.photos]));
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
  readonly #pointing = $derived.by(() => {
    const { turns } = this.#conversation;
    for (const turn of turns.toReversed()) {
      const marks = this.marksOf(turn).filter(({ photo }) => photo === this.photo);
      if (marks.length > 0) return { marks, isOld: turn !== turns.at(-1) };
    }
    return { marks: [], isOld: false };
  });

  /** The frame on the photo in view: the next question is about what is in it. */
  readonly framed: Framed | null = $derived(this.#framed?.photo === this.photo ? this.#framed : null);

  constructor(conversation: Conversation, tray: Tray) {
    this.#conversation = conversation;
    this.#tray = tray;
  }

  /** Of the latest answer that points at the photo in view. */
  get marks(): readonly PlacedMark[] {
    return this.#pointing.marks;
  }

  /** Whether a later question was asked since: the marks are not about that one. */
  get marksAreOld(): boolean {
    return this.#pointing.isOld;
  }

  /** The id of the mark under the pointer or the focus. */
  get pointedAt(): string | null {
    return this.#pointedAt;
  }

  show(photo: Photo): void {
    this.#chosen = { photo, newest: this.#tray.photos.at(-1) };
  }

  frame(photo: Photo, box: Box): void {
    this.#framed = { photo, box };
  }

  endFrame(): void {
    this.#framed = null;
  }

  /**
   * Makes the framed part a picture of the next question, in place of the whole one. False if it could not be cut out:
   * the frame then stays. True if nothing is framed.
   */
  async takeFrame(called: (name: string) => string): Promise<boolean> {
    const { framed } = this;
    if (framed === null) return true;
    if (this.#isTaking) return false;
    this.#isTaking = true;
    const isTaken = await this.#tray.takePart(framed.photo, framed.box, called(framed.photo.name));
    this.#isTaking = false;
    if (isTaken) this.endFrame();
    return isTaken;
  }

  /** Whether the model has been shown the photo, or will be with the next question. */
  isShared(photo: Photo): boolean {
    return this.photos.includes(photo);
  }

  /** The photo that a part was cut from, if it is still here. */
  wholeOf(part: Photo): Photo | null {
    return this.#tray.wholeOf(part);
  }

  pointAt(id: string | null): void {
    this.#pointedAt = id;
  }

  /** The marks of a turn's answer that are known to lie on a picture; none on a clip. */
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

  /** null if it is clear where each mark of the answer lies. */
  unclearMarksOf(turn: Turn): UnclearMarks | null {
    const count = this.#placed(turn).filter((photo) => photo === null).length;
    if (count === 0) return null;
    const seen = this.#conversation.photosFor(turn).photos;
    const photos = seen.filter((photo, at) => photo.clipSeconds === null && seen.indexOf(photo) === at);
    return { count, photos, chosen: this.#choices.get(turn.id) ?? null };
  }

  /** Says on which picture the unclear marks of a turn lie, and shows it. */
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
