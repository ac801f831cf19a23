// A question with its media, its answer, and how the answer ended.

import type { AnswerFacts, AnswerOptions, BegunAnswer, LeftOut } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import type { FailureInfo } from '../../failure.ts';
import { AnswerDocument } from '../answer/answer-document.svelte.ts';
import type { DrawQueue } from '../answer/draw-queue.ts';
import { savedItem, type SavedItem } from '../media/open-media.ts';
import type { MediaItem } from '../media/media-item.ts';
import { factsTogether } from './facts-together.ts';

/** How an answer ended. */
export type Ending =
  | { kind: 'answered'; facts: AnswerFacts }
  /** The user stopped the answer. `facts` is null if the model had not begun it. */
  | { kind: 'stopped'; facts: AnswerFacts | null }
  | { kind: 'failed'; failure: FailureInfo };

/** How long the user waited after asking. */
export interface Waited {
  /** null if no text arrived. */
  firstWordMs: number | null;
  wholeMs: number;
}

/** The facts about a model that are stored with its answer. */
export type Answerer = Pick<LoadedModel, 'id' | 'backend' | 'precision' | 'thinks'>;

/** A turn as plain data: for history, export and import. */
export interface SavedTurn {
  id: string;
  question: string;
  media: SavedItem[];
  /** The model's text, including its thought. */
  answer: string;
  thoughtMs: number | null;
  /** null while the answer is being written, and for turns that an older version of the page saved. */
  waited: Waited | null;
  answerer: Answerer | null;
  options: AnswerOptions | null;
  ending: Ending | null;
}

export class Turn {
  /** Unique on this page. A restored turn gets a new id, because two turns in a file may have the same one. */
  readonly id = crypto.randomUUID();
  readonly question: string;
  readonly media: readonly MediaItem[];
  readonly document: AnswerDocument;
  /** In milliseconds of `performance.now()`. */
  readonly askedAt = performance.now();
  #firstWordMs: number | null = null;
  #waited = $state.raw<Waited | null>(null);
  #ending = $state.raw<Ending | null>(null);
  #answerer = $state.raw<Answerer | null>(null);
  #options = $state.raw<AnswerOptions | null>(null);
  #leftOut = $state.raw<LeftOut | null>(null);
  /** The token ids of the answer so far; null if they are unknown, as for a restored answer. */
  #ids: readonly number[] | null = null;
  /** The facts of the earlier runs, if this run continues an answer. */
  #factsBefore: AnswerFacts | null = null;
  #msBefore = 0;
  #reopenedAt: number | null = null;

  constructor(question: string, media: readonly MediaItem[], drawing: DrawQueue) {
    this.question = question;
    // Keep each item once: if the whole picture replaces two of its parts, `media` names it twice.
    this.media = media.filter((item, index) => media.indexOf(item) === index);
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

  /** The options of this answer; null before the model begins. */
  get options(): AnswerOptions | null {
    return this.#options;
  }

  /** The earlier turns and pictures that did not fit the context; null if all of them did. */
  get leftOut(): LeftOut | null {
    return this.#leftOut;
  }

  leaveOut(leftOut: LeftOut): void {
    this.#leftOut = leftOut;
  }

  /** Reopens the turn, so that its answer can continue where it ended. */
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
   * The text that this model can continue. It is undefined if the answer has to start over. That is so if there is no
   * text yet, or if only one of the two models (this one, and the one that wrote the text) begins with a thought.
   */
  begunFor({ id, thinks }: Answerer, answerNow: boolean): BegunAnswer | undefined {
    // Drop an incomplete character (U+FFFD) at the end; the model writes it again.
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

  /** Ends the turn. `written` is the whole answer; if omitted, the text that has arrived counts as the whole answer. */
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
      media: this.media.map(savedItem),
      answer: this.document.text,
      thoughtMs: this.document.thoughtMs,
      waited: this.#waited,
      answerer: this.#answerer,
      options: this.#options,
      ending: this.#ending,
    };
  }

  static restore(saved: SavedTurn, media: readonly MediaItem[], drawing: DrawQueue): Turn {
    const turn = new Turn(saved.question, media, drawing);
    turn.#answerer = saved.answerer;
    turn.#options = saved.options;
    turn.#waited = saved.waited;
    turn.#firstWordMs = saved.waited?.firstWordMs ?? null;
    // An answer that was still being written when it was saved counts as stopped.
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
