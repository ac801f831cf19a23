// A question with its photos and what became of it.

import type { AnswerFacts, AnswerOptions, BegunAnswer, LeftOut } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { FailureInfo } from '../../failure.ts';
import { AnswerDocument } from '../answer/answer-document.svelte.ts';
import type { DrawQueue } from '../answer/draw-queue.ts';
import { savedPhoto, type SavedPhoto } from '../photos/photo-shelf.ts';
import type { Photo } from '../photos/photo.ts';
import { factsTogether } from './facts-together.ts';

/** How an answer ended; null while it is waited for or written. */
export type Ending =
  | { kind: 'answered'; facts: AnswerFacts }
  /** By the user. `facts` where the model had begun. */
  | { kind: 'stopped'; facts: AnswerFacts | null }
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
  /** Of the answer as it stands; null where they are not known, as of one that was kept. */
  #ids: readonly number[] | null = null;
  /** Of the runs before this one, in an answer that goes on. */
  #factsBefore: AnswerFacts | null = null;
  #msBefore = 0;
  #reopenedAt: number | null = null;

  constructor(question: string, photos: readonly Photo[], drawing: DrawQueue) {
    this.question = question;
    // Each once: two parts of a picture may both be asked about as the whole.
    this.photos = photos.filter((photo, index) => photos.indexOf(photo) === index);
    this.document = new AnswerDocument(drawing);
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

  /** The answer is waited for again, to go on from where it ended. */
  reopen(): void {
    this.#factsBefore = this.#ending === null || this.#ending.kind === 'failed' ? null : this.#ending.facts;
    this.#ending = null;
    this.#msBefore = this.#waited?.wholeMs ?? 0;
    this.#reopenedAt = performance.now();
  }

  write(piece: string): void {
    this.#firstWordMs ??= performance.now() - this.askedAt;
    this.document.push(piece);
  }

  /**
   * What this model can go on from; undefined where it has to begin anew, because there is nothing yet, or
   * because a thought is no beginning for a model that does not think.
   */
  begunFor({ id, thinks }: Answerer, answerNow: boolean): BegunAnswer | undefined {
    // Half a character at the end is written anew.
    const text = this.document.text.replace(/\ufffd+$/, '');
    if (text === '' || this.#answerer?.thinks !== thinks) return undefined;
    const ids = this.#answerer.id === id ? this.#ids : null;
    return { text, ...(ids === null ? {} : { ids }), ...(answerNow ? { answerNow } : {}) };
  }

  begin(answerer: Answerer, options: AnswerOptions, begun?: BegunAnswer): void {
    this.#answerer = answerer;
    this.#options = options;
    this.#ids = null;
    if (begun === undefined) this.#factsBefore = null;
    this.document.begin(answerer.thinks, begun?.text);
  }

  /** `written`: the whole answer; absent: what has arrived is all there is. */
  end(ending: Ending, written?: { text: string; ids: readonly number[] }): void {
    this.document.end(written?.text ?? this.document.text);
    if (written !== undefined) this.#ids = written.ids;
    const wholeMs = this.#msBefore + performance.now() - (this.#reopenedAt ?? this.askedAt);
    this.#waited = { firstWordMs: this.#firstWordMs, wholeMs };
    this.#ending =
      ending.kind === 'failed' ? ending : withFacts(ending, factsTogether(this.#factsBefore, ending.facts));
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

  static restore(saved: SavedTurn, photos: readonly Photo[], drawing: DrawQueue): Turn {
    const turn = new Turn(saved.question, photos, drawing);
    turn.#answerer = saved.answerer;
    turn.#options = saved.options;
    turn.#waited = saved.waited;
    turn.#firstWordMs = saved.waited?.firstWordMs ?? null;
    // One that was being written when it was saved is not any more.
    const ending = saved.ending ?? { kind: 'stopped', facts: null };
    turn.#ending = ending;
    turn.#leftOut = ending.kind === 'failed' ? null : (ending.facts?.leftOut ?? null);
    turn.document.restore(saved.answer, saved.answerer?.thinks ?? false, saved.thoughtMs);
    return turn;
  }
}

function withFacts(ending: Exclude<Ending, { kind: 'failed' }>, facts: AnswerFacts | null): Ending {
  return ending.kind === 'answered'
    ? { kind: 'answered', facts: facts ?? ending.facts }
    : { kind: 'stopped', facts };
}
