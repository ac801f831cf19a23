// The conversation: its turns, and what is being done about the last one. Asks the model that is chosen,
// keeps the text as it comes, and loses nothing when something fails. Nothing here knows how it looks.

import type { InferenceClient } from '../../client/inference-client.ts';
import type { AnswerEvent, AnswerOptions, PagingReport, Stage } from '../../contract/answer.ts';
import type { LoadedModel } from '../../contract/inference.ts';
import { describe, type FailureInfo, type Outcome } from '../../failure.ts';
import type { DrawQueue } from '../answer/draw-queue.ts';
import type { PhotoShelf } from '../photos/photo-shelf.ts';
import type { Photo } from '../photos/photo.ts';
import { toMessages } from './messages.ts';
import { Turn, type Ending, type SavedTurn } from './turn.svelte.ts';

export type Phase =
  | { kind: 'idle' }
  /** The model is made ready; Models knows how far it is. */
  | { kind: 'preparing' }
  | { kind: 'answering'; stage: Stage; done: number; total: number }
  | { kind: 'stopping' };

/** What the conversation needs of the models. */
export interface Answerers {
  /** Makes sure that the chosen model is on the device. */
  ready(signal: AbortSignal): Promise<Outcome<LoadedModel>>;
  /** An answer of the model `id` failed: it may have to be loaded again. */
  failed(failure: FailureInfo, id: string): void;
}

export interface ConversationParts {
  client: Pick<InferenceClient, 'answer'>;
  models: Answerers;
  shelf: Pick<PhotoShelf, 'restore'>;
  /** How the model is asked, as the user has set it. */
  options: (model: LoadedModel) => AnswerOptions;
  /** Which experts the latest token went to: (layers, chosen). */
  onExperts: (chosen: Uint16Array, model: LoadedModel) => void;
  /** How paging went in the latest pass. */
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

  get busy(): boolean {
    return this.#phase.kind !== 'idle';
  }

  /** Whether turns were replaced and can be had back. */
  get canRestore(): boolean {
    return this.#setAside !== null && !this.busy;
  }

  /** All photos in the order in which the model saw them for this turn; `own`: those that came with its question. */
  photosFor(turn: Turn): { photos: Photo[]; own: Photo[] } {
    const { photos, own } = toMessages(this.#said(this.#turns.slice(0, this.#turns.indexOf(turn) + 1)));
    return { photos: photos.slice(turn.leftOut?.pictures ?? 0), own };
  }

  /** How many questions were asked after this one: asking it again sets them aside. */
  followers(turn: Turn): number {
    return this.#turns.length - 1 - this.#turns.indexOf(turn);
  }

  /** Asks and streams the answer; what goes wrong becomes the turn's ending. Ignored while busy. */
  async ask(question: string, photos: readonly Photo[]): Promise<void> {
    if (this.busy) return;
    this.#setAside = null;
    await this.#ask(new Turn(question, photos, this.#parts.drawing), this.#turns);
  }

  /** Asks a question of the conversation again, as it was or in other words; what followed is set aside. */
  async askAgain(turn: Turn, question = turn.question, photos = turn.photos): Promise<void> {
    if (this.busy) return;
    const before = this.#turns.slice(0, this.#turns.indexOf(turn));
    this.#setAside = this.#turns;
    await this.#ask(new Turn(question, photos, this.#parts.drawing), before);
  }

  /**
   * Goes on with the latest answer, which ended early. `answerNow`: its thought ends here, and the answer comes.
   * Ignored while busy.
   */
  async goOn(turn: Turn, answerNow: boolean): Promise<void> {
    if (this.busy || turn !== this.#turns.at(-1)) return;
    this.#setAside = null;
    turn.reopen();
    await this.#ask(turn, this.#turns.slice(0, -1), { answerNow });
  }

  /** Puts back what the last askAgain set aside. */
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

  /** A new one; an answer under way is stopped. */
  clear(): void {
    this.#begin(crypto.randomUUID(), []);
  }

  save(): SavedConversation {
    return { id: this.#id, turns: this.#turns.map((turn) => turn.save()) };
  }

  /** Goes on with one that was kept or comes from a file; an answer under way is stopped. */
  load({ id, turns }: SavedConversation): void {
    const { shelf, drawing } = this.#parts;
    // The latest first: it is what is looked at, and answers are drawn in this order.
    const restored = turns.toReversed().map((saved) =>
      Turn.restore(
        saved,
        saved.photos.map((photo) => shelf.restore(photo)),
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

  /** `goOn`: with the answer that the turn has. */
  async #ask(turn: Turn, before: readonly Turn[], goOn?: { answerNow: boolean }): Promise<void> {
    const run = new AbortController();
    this.#run = run;
    this.#turns = [...before, turn];
    this.#phase = { kind: 'preparing' };
    try {
      await this.#answer(turn, [...before, turn], run, goOn);
    } catch (error) {
      // Whatever happened, later questions are answered.
      turn.end({ kind: 'failed', failure: describe(error) });
    }
    // A new conversation may have begun meanwhile.
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
    const { text, ids, ...facts } = outcome.value;
    turn.end({ kind: facts.reason === 'stopped' ? 'stopped' : 'answered', facts }, { text, ids });
  }

  /** Takes the events of a run until it is over; a stop keeps what was written. */
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
      photos: turn.photos,
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
