// The conversation: its turns, and the progress of the last one. Asks the chosen model, keeps the text as it arrives,
// and loses nothing when something fails. Knows nothing about the display.

import type { InferenceClient } from '../../client/inference-client.ts';
import type { AnswerEvent, AnswerOptions, PagingReport, Stage } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import { describe, type FailureInfo, type Outcome } from '../../failure.ts';
import type { DrawQueue } from '../answer/draw-queue.ts';
import type { OpenMedia } from '../media/open-media.ts';
import type { MediaItem } from '../media/media-item.ts';
import { toMessages } from './messages.ts';
import { Turn, type Ending, type SavedTurn } from './turn.svelte.ts';

export type Phase =
  | { kind: 'idle' }
  /** The model is being downloaded or loaded; `Models` reports its progress. */
  | { kind: 'preparing' }
  | { kind: 'answering'; stage: Stage; done: number; total: number }
  | { kind: 'stopping' };

/** The part of `Models` that the conversation uses. */
export interface Answerers {
  /** Settles when the chosen model is loaded. */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>>;
  /** Whether loading waits until the user has decided which model to load. */
  readonly awaitsUser: boolean;
  /** Whether loading waits until the processor has computed the model's self-test. */
  readonly isJudging: boolean;
  /** Loads the model without that self-test. */
  skipJudging(): void;
  /** Reports that an answer of the model `id` has ended. */
  answered(id: string): void;
  /** Reports that an answer of the model `id` failed, so that the model may have to be loaded again. */
  failed(failure: FailureInfo, id: string): void;
}

export interface ConversationParts {
  client: Pick<InferenceClient, 'answer'>;
  models: Answerers;
  openMedia: Pick<OpenMedia, 'restore'>;
  /** The options for an answer of this model, as the user has set them. */
  options: (model: LoadedModel) => AnswerOptions;
  /** Receives the experts to which the latest token was routed: (layers, chosen). */
  onExperts: (chosen: Uint16Array, model: LoadedModel) => void;
  /** Receives the paging report of the latest forward pass. */
  onPaging: (report: PagingReport) => void;
  drawing: DrawQueue;
}

/** A conversation as plain data. */
export interface SavedConversation {
  id: string;
  turns: SavedTurn[];
}

export class Conversation {
  readonly #parts: ConversationParts;
  #id = $state(crypto.randomUUID() as string);
  #turns = $state.raw<readonly Turn[]>([]);
  #setAside = $state.raw<readonly Turn[] | null>(null);
  #phase = $state.raw<Phase>({ kind: 'idle' });
  #run: AbortController | undefined;

  constructor(parts: ConversationParts) {
    this.#parts = parts;
  }

  get id(): string {
    return this.#id;
  }

  get turns(): readonly Turn[] {
    return this.#turns;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Whether the question waits until the user has decided which model to load. */
  get awaitsUser(): boolean {
    return this.#phase.kind === 'preparing' && this.#parts.models.awaitsUser;
  }

  /** Whether the question waits until the processor has computed the model's self-test. */
  get isJudging(): boolean {
    return this.#phase.kind === 'preparing' && this.#parts.models.isJudging;
  }

  skipJudging(): void {
    this.#parts.models.skipJudging();
  }

  get busy(): boolean {
    return this.#phase.kind !== 'idle';
  }

  /** Whether `askAgain` has set turns aside that `restoreSetAside` can put back now. */
  get canRestore(): boolean {
    return this.#setAside !== null && !this.busy;
  }

  /** All media in the order in which the model saw them for this turn; `own` are those of its question. */
  mediaFor(turn: Turn): { media: MediaItem[]; own: MediaItem[] } {
    const { media, own } = toMessages(this.#said(this.#turns.slice(0, this.#turns.indexOf(turn) + 1)));
    return { media: media.slice(turn.leftOut?.pictures ?? 0), own };
  }

  /** The number of questions after this one. Asking this one again sets them aside. */
  followers(turn: Turn): number {
    return this.#turns.length - 1 - this.#turns.indexOf(turn);
  }

  /** Asks a question and streams the answer; a failure becomes the turn's ending. Ignored while busy. */
  async ask(question: string, media: readonly MediaItem[]): Promise<void> {
    if (this.busy) return;
    this.#setAside = null;
    await this.#ask(new Turn(question, media, this.#parts.drawing), this.#turns);
  }

  /** Asks a question again, unchanged or reworded; the turns after it are set aside. Ignored while busy. */
  async askAgain(turn: Turn, question = turn.question, media = turn.media): Promise<void> {
    if (this.busy) return;
    const before = this.#turns.slice(0, this.#turns.indexOf(turn));
    this.#setAside = this.#turns;
    await this.#ask(new Turn(question, media, this.#parts.drawing), before);
  }

  /**
   * Continues the latest answer, which ended early. With `answerNow`, its thought ends and the answer begins. Ignored
   * while busy.
   */
  async goOn(turn: Turn, answerNow: boolean): Promise<void> {
    if (this.busy || turn !== this.#turns.at(-1)) return;
    this.#setAside = null;
    turn.reopen();
    await this.#ask(turn, this.#turns.slice(0, -1), { answerNow });
  }

  /** Puts back the turns that the last `askAgain` set aside. */
  restoreSetAside(): void {
    if (this.busy || this.#setAside === null) return;
    this.#turns = this.#setAside;
    this.#setAside = null;
  }

  stop(): void {
    if (!this.busy) return;
    this.#run?.abort();
    this.#phase = { kind: 'stopping' };
  }

  /** Begins a new conversation. A running answer is stopped. */
  clear(): void {
    this.#begin(crypto.randomUUID(), []);
  }

  save(): SavedConversation {
    return { id: this.#id, turns: this.#turns.map((turn) => turn.save()) };
  }

  /** Continues a conversation from the history or from a file. A running answer is stopped. */
  load({ id, turns }: SavedConversation): void {
    const { openMedia, drawing } = this.#parts;
    // Restore the latest turn first: answers are drawn in this order, and the user sees the latest turn.
    const restored = turns.toReversed().map((saved) =>
      Turn.restore(
        saved,
        saved.media.map((item) => openMedia.restore(item)),
        drawing,
      ),
    );
    this.#begin(id, restored.reverse());
  }

  #begin(id: string, turns: readonly Turn[]): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#phase = { kind: 'idle' };
    this.#setAside = null;
    this.#id = id;
    this.#turns = turns;
  }

  /** With `goOn`, continues the answer that the turn already has. */
  async #ask(turn: Turn, before: readonly Turn[], goOn?: { answerNow: boolean }): Promise<void> {
    const run = new AbortController();
    this.#run = run;
    this.#turns = [...before, turn];
    this.#phase = { kind: 'preparing' };
    try {
      await this.#answer(turn, [...before, turn], run, goOn);
    } catch (error) {
      // An unexpected error ends this turn only; later questions are still answered.
      turn.end({ kind: 'failed', failure: describe(error) });
    }
    // A new conversation may have begun in the meantime.
    if (this.#run !== run) return;
    this.#run = undefined;
    this.#phase = { kind: 'idle' };
  }

  async #answer(
    turn: Turn,
    turns: readonly Turn[],
    run: AbortController,
    goOn: { answerNow: boolean } | undefined,
  ): Promise<void> {
    const { client, models, options } = this.#parts;
    const ready = await models.ready(run.signal);
    if (ready.kind !== 'done') {
      turn.end(endingOf(ready));
      return;
    }
    const model = ready.value;
    const chosen = options(model);
    const begun = goOn === undefined ? undefined : turn.begunFor(model, goOn.answerNow);
    turn.begin(model, chosen, begun);
    const { messages } = toMessages(this.#said(turns));
    const asked = begun === undefined ? chosen : { ...chosen, begun };
    const outcome = await client.answer(messages, asked, this.#listen(turn, model, run), run.signal);
    if (outcome.kind === 'failed') models.failed(outcome.failure, model.id);
    if (outcome.kind !== 'done') {
      turn.end(endingOf(outcome));
      return;
    }
    models.answered(model.id);
    const { text, ids, ...facts } = outcome.value;
    turn.end({ kind: facts.reason === 'stopped' ? 'stopped' : 'answered', facts }, { text, ids });
  }

  /** Handles the events of a run until the run ends or is stopped. Later events are ignored. */
  #listen(turn: Turn, model: LoadedModel, run: AbortController): (event: AnswerEvent) => void {
    return (event) => {
      if (this.#run !== run || run.signal.aborted) return;
      if (event.kind === 'text') turn.write(event.text);
      else if (event.kind === 'experts') this.#parts.onExperts(event.chosen, model);
      else if (event.kind === 'paging') this.#parts.onPaging(event.paging);
      else if (event.kind === 'left-out') turn.leaveOut(event.leftOut);
      else {
        const { stage, done, total } = event;
        this.#phase = { kind: 'answering', stage, done, total };
      }
    };
  }

  #said(turns: readonly Turn[]): Parameters<typeof toMessages>[0] {
    return turns.map((turn) => ({
      question: turn.question,
      media: turn.media,
      answer: turn.document.text,
      thinks: turn.answerer?.thinks ?? false,
    }));
  }
}

function endingOf(outcome: Exclude<Outcome<unknown>, { kind: 'done' }>): Ending {
  return outcome.kind === 'failed'
    ? { kind: 'failed', failure: outcome.failure }
    : { kind: 'stopped', facts: null };
}
