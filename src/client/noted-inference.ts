// An inference client that keeps a note in storage while a model is being loaded or answers. If the model kills the
// page, the note stays for the next visit.

import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { LoadedModel, LoadEvent, LoadOptions } from '../contract/inference.ts';
import type { Outcome } from '../failure.ts';
import type { InferenceClient } from './inference-client.ts';
import type { LoadNotes } from './load-notes.ts';

type Inner = Pick<InferenceClient, 'load' | 'answer' | 'forget' | 'unload' | 'dispose'>;

export class NotedInference implements Inner {
  readonly #inner: Inner;
  readonly #notes: Pick<LoadNotes, 'begin'>;
  #modelId: string | undefined;

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
    const end = this.#notes.begin(modelId);
    const outcome = await this.#inner.load(modelId, options, onEvent, signal);
    // If a later load has replaced this one, the note now belongs to the later one.
    if (this.#modelId === modelId) end();
    return outcome;
  }

  async answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>> {
    const end = this.#modelId === undefined ? undefined : this.#notes.begin(this.#modelId);
    const outcome = await this.#inner.answer(messages, options, onEvent, signal);
    end?.();
    return outcome;
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
}
