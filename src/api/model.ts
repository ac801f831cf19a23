// A model that a caller of the package has opened, on a page or in Node.

import type { Answer, AnswerEvent, AnswerOptions } from '../contract/answer.ts';
import type { Message } from '../contract/conversation.ts';
import type { LoadedModel } from '../contract/inference.ts';
import { fail, type Outcome } from '../failure.ts';
import { AnswerStream } from './answer-stream.ts';
import type { AskOptions } from './ask-options.ts';
import { checkAsk } from './check-ask.ts';
import { valueOf } from './value-of.ts';

/** The facts about an opened model. */
export type ModelInfo = Pick<
  LoadedModel,
  'architecture' | 'preset' | 'backend' | 'precision' | 'bytes' | 'contextTokens' | 'thinks'
>;

const MAX_TOKENS = 512;

/** The engine behind a Model: in a worker on a page, in the same thread in Node. */
export interface Answerer {
  answer(
    messages: Message[],
    options: AnswerOptions,
    onEvent: (event: AnswerEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome<Answer>>;
  forget(): Promise<Outcome<null>>;
  dispose(): void | Promise<void>;
}

/** An opened model. The caller that opens it disposes of it. */
export class Model {
  readonly info: ModelInfo;
  readonly #answerer: Answerer;
  readonly #running = new Set<AnswerStream>();
  #disposed: Promise<void> | undefined;

  /** @internal */
  constructor(info: ModelInfo, answerer: Answerer) {
    this.info = info;
    this.#answerer = answerer;
  }

  /**
   * Answers the last message of a conversation, which must be the user's. Questions are answered one after the other.
   * If the conversation continues the previous one, its cached tokens are not computed again.
   *
   * Throws a `Failure` at once: 'bad-request' if an argument is wrong (the message names it), 'no-model' if the model
   * was disposed. Later, the answer may fail with 'prompt-too-long', 'question-too-long', 'bad-photo' and the other
   * codes of pictures and clips, 'not-numbers', 'out-of-memory', 'device-lost' or 'device-unstable'.
   */
  answer(messages: Message[], options: AskOptions = {}): AnswerStream {
    this.#demandOpen();
    checkAsk(messages, options);
    const { signal, ...rest } = options;
    const asked = { maxTokens: MAX_TOKENS, sampling: {}, ...rest };
    const stream = new AnswerStream(async (onEvent, stop) => {
      const outcome = await this.#answerer.answer(messages, asked, onEvent, stop);
      // Disposing the model ends its thread, which is not a failure of the answer.
      return outcome.kind === 'failed' && this.#disposed !== undefined ? { kind: 'stopped' } : outcome;
    }, signal);
    this.#running.add(stream);
    const forget = (): boolean => this.#running.delete(stream);
    stream.result.then(forget, forget);
    return stream;
  }

  /**
   * Clears the cached conversation and its pictures from the model's memory. Throws 'no-model' if the model was
   * disposed.
   */
  async forget(): Promise<void> {
    this.#demandOpen();
    valueOf(await this.#answerer.forget());
  }

  /** Stops running answers, and releases the memory, the device and the worker. Further calls do nothing. */
  dispose(): Promise<void> {
    this.#disposed ??= (async () => {
      for (const stream of this.#running) stream.stop();
      await this.#answerer.dispose();
    })();
    return this.#disposed;
  }

  #demandOpen(): void {
    if (this.#disposed !== undefined) fail('no-model', 'This model was disposed; open it again.');
  }
}
