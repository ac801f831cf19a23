// An inference client that keeps a note in storage while a model is being loaded or answers. If the model kills the
// page, the note stays for the next visit.

import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { LoadedModel, LoadEvent, LoadOptions } from '../contract/inference.ts';
import type { Outcome } from '../failure.ts';
import type { InferenceClient } from './inference-client.ts';
import type { LoadNotes } from './load-notes.ts';

type Inner = Pick<
  InferenceClient,
  'load' | 'loadBehind' | 'takeOver' | 'answer' | 'forget' | 'unload' | 'dispose'
>;

export class NotedInference implements Inner {
  readonly #inner: Inner;
  readonly #notes: Pick<LoadNotes, 'begin'>;
  #modelId: string | undefined;
  /** The loads and answers of the model that have not ended; the note exists as long as there are any. */
  readonly #works = new Set<object>();

  constructor(inner: Inner, notes: Pick<LoadNotes, 'begin'>) {
    this.#inner = inner;
    this.#notes = notes;
  }

  async load(
    modelId: string,
    options: LoadOptions,
    onEvent: (event: LoadEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<LoadedModel>> {
    this.#modelId = modelId;
    // If a later load replaces this one, the note belongs to the later load.
    this.#works.clear();
    return this.#noted(modelId, () => this.#inner.load(modelId, options, onEvent, signal));
  }

  loadBehind(modelId: string, options: LoadOptions, signal: AbortSignal): Promise<Outcome<LoadedModel>> {
    return this.#noted(modelId, () => this.#inner.loadBehind(modelId, options, signal));
  }

  takeOver(): Promise<Outcome<LoadedModel>> {
    return this.#inner.takeOver();
  }

  async answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>> {
    const answer = (): Promise<Outcome<Answer>> => this.#inner.answer(messages, options, onEvent, signal);
    return this.#modelId === undefined ? answer() : this.#noted(this.#modelId, answer);
  }

  forget(): Promise<Outcome<null>> {
    return this.#inner.forget();
  }

  unload(): Promise<Outcome<null>> {
    this.#modelId = undefined;
    return this.#inner.unload();
  }

  dispose(): void {
    this.#inner.dispose();
  }

  async #noted<T>(modelId: string, work: () => Promise<T>): Promise<T> {
    const name = {};
    this.#works.add(name);
    const end = this.#notes.begin(modelId);
    const result = await work();
    if (this.#works.delete(name) && this.#works.size === 0) end();
    return result;
  }
}
