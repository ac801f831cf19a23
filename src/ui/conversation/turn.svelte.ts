// A question with its photos and what became of it.

import type { Answer, AnswerOptions, LeftOut } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { FailureInfo } from '../../failure.ts';
import { AnswerDocument, type NextFrame } from '../answer/answer-document.svelte.ts';
import { savedPhoto, type SavedPhoto } from '../photos/photo-shelf.ts';
import type { Photo } from '../photos/photo.ts';

/** How an answer ended; null while it is waited for or written. */
export type Ending =
  | { kind: 'answered'; facts: Omit<Answer, 'text'> }
  /** By the user. `facts` where the model had begun. */
  | { kind: 'stopped'; facts: Omit<Answer, 'text'> | null }
  | { kind: 'failed'; failure: FailureInfo };

/** How long the person waited, from the question on. */
export interface Waited {
  /** null if no word came. */
  firstWordMs: number | null;
  wholeMs: number;
}

/** What of a model is told beside its answer. */
export type Answerer = Pick<LoadedModel, 'id' | 'backend' | 'precision' | 'thinks'>;

/** A turn as plain data: for history, export and import. */
export interface SavedTurn {
  id: string;
  question: string;
  photos: SavedPhoto[];
  /** As the model wrote it, thought included. */
  answer: string;
  thoughtMs: number | null;
  /** null while it is written, and in what an older page saved. */
  waited: Waited | null;
  answerer: Answerer | null;
  options: AnswerOptions | null;
  ending: Ending | null;
}

export class Turn {
  /** On this page; one that is restored gets a new one, since a file may name two alike. */
  readonly id = crypto.randomUUID();
  readonly question: string;
  readonly photos: readonly Photo[];
  readonly document: AnswerDocument;
  /** By the page's clock, in milliseconds. */
  readonly askedAt = performance.now();
  #firstWordMs: number | null = null;
  #waited = $state.raw<Waited | null>(null);
  #ending = $state.raw<Ending | null>(null);
  #answerer = $state.raw<Answerer | null>(null);
  #options = $state.raw<AnswerOptions | null>(null);
  #leftOut = $state.raw<LeftOut | null>(null);

  constructor(question: string, photos: readonly Photo[], nextFrame: NextFrame) {
    this.question = question;
    this.photos = photos;
    this.document = new AnswerDocument(nextFrame);
  }

  get ending(): Ending | null {
    return this.#ending;
  }

  get waited(): Waited | null {
    return this.#waited;
  }

  get answerer(): Answerer | null {
    return this.#answerer;
  }

  /** What the model was asked with. */
  get options(): AnswerOptions | null {
    return this.#options;
  }

  /** What of the conversation before this turn did not fit the context; null if all of it did. */
  get leftOut(): LeftOut | null {
    return this.#leftOut;
  }

  leaveOut(leftOut: LeftOut): void {
    this.#leftOut = leftOut;
  }

  begin(answerer: Answerer, options: AnswerOptions): void {
    this.#answerer = answerer;
    this.#options = options;
    this.document.begin(answerer.thinks);
  }

  write(piece: string): void {
    this.#firstWordMs ??= performance.now() - this.askedAt;
    this.document.push(piece);
  }

  /** `text`: the whole answer; absent: what has arrived is all there is. */
  end(ending: Ending, text: string = this.document.text): void {
    this.document.end(text);
    this.#waited = { firstWordMs: this.#firstWordMs, wholeMs: performance.now() - this.askedAt };
    this.#ending = ending;
  }

  save(): SavedTurn {
    return {
      id: this.id,
      question: this.question,
      photos: this.photos.map(savedPhoto),
      answer: this.document.text,
      thoughtMs: this.document.thoughtMs,
      waited: this.#waited,
      answerer: this.#answerer,
      options: this.#options,
      ending: this.#ending,
    };
  }

  static restore(saved: SavedTurn, photos: readonly Photo[], nextFrame: NextFrame): Turn {
    const turn = new Turn(saved.question, photos, nextFrame);
    turn.#answerer = saved.answerer;
    turn.#options = saved.options;
    turn.#waited = saved.waited;
    // One that was being written when it was saved is not any more.
    const ending = saved.ending ?? { kind: 'stopped', facts: null };
    turn.#ending = ending;
    turn.#leftOut = ending.kind === 'failed' ? null : (ending.facts?.leftOut ?? null);
    turn.document.restore(saved.answer, saved.answerer?.thinks ?? false, saved.thoughtMs);
    return turn;
  }
}
