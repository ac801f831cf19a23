// One answer while it is written: an async iterable of its events, and a promise of the whole answer. Both work on the
// page and in Node.

import type { Answer, AnswerEvent } from '../contract/answer.ts';
import { fail, type Outcome } from '../failure.ts';
import { valueOf } from './value-of.ts';

/** Computes the answer. Aborting `signal` stops it. */
export type RunAnswer = (
  onEvent: (event: AnswerEvent) => void,
  signal: AbortSignal,
) => Promise<Outcome<Answer>>;

/**
 * An answer that is being written. Iterate over it for its events, over `text()` for the text alone, or await `result`.
 * The model writes the answer even if no caller iterates over it. It can be iterated once.
 */
export class AnswerStream implements AsyncIterable<AnswerEvent> {
  /**
   * The whole answer. If it is stopped after its first token, the answer has the reason 'stopped'. Rejects with an
   * AbortError if it is stopped before its first token, and with a `Failure` if it fails.
   */
  readonly result: Promise<Answer>;
  readonly #stop = new AbortController();
  readonly #events: AnswerEvent[] = [];
  #hasEnded = false;
  #isIterated = false;
  #wake: () => void = () => undefined;

  /** @internal */
  constructor(run: RunAnswer, signal: AbortSignal | undefined) {
    const either = signal === undefined ? this.#stop.signal : AbortSignal.any([this.#stop.signal, signal]);
    const hear = (event: AnswerEvent): void => {
      this.#events.push(event);
      this.#wake();
    };
    this.result = run(hear, either)
      .then(valueOf)
      .finally(() => {
        this.#hasEnded = true;
        this.#wake();
      });
    // A caller that only iterates gets the failure from the loop, so it must not also count as unhandled.
    this.result.catch(() => undefined);
  }

  /** Stops the answer at the next token. Does nothing if the answer has ended. */
  stop(): void {
    this.#stop.abort();
  }

  /**
   * The events in their order. Ends when the answer ends; throws the same error with which `result` rejects. Leaving
   * the loop early stops the answer. Fails with 'bad-request' if it is called a second time.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<AnswerEvent, void> {
    if (this.#isIterated) fail('bad-request', 'An answer can be iterated only once.');
    this.#isIterated = true;
    try {
      for (;;) {
        const event = this.#events.shift();
        if (event !== undefined) yield event;
        else if (this.#hasEnded) break;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
      await this.result;
    } finally {
      this.stop();
    }
  }

  /** Only the text, in whole characters, while it is written. In all other respects like iterating over the events. */
  async *text(): AsyncGenerator<string, void> {
    for await (const event of this) if (event.kind === 'text') yield event.text;
  }
}
