// Collects the text and the tokens of an answer while it is written, and emits the text.

import type { Answer, AnswerEvent } from '../../contract/answer.ts';
import type { Tokenizer } from '../prompt/tokenizer.ts';
import type { Begun } from './begun.ts';
import { createTextStream, type TextStream } from './text-stream.ts';

export class AnswerText {
  readonly #stream: TextStream;
  readonly #onEvent: (event: AnswerEvent) => void;
  readonly #ids: number[] = [];
  #text = '';

  /**
   * `begun`: the tokens that the text begins with. Their text was emitted earlier, except for the end of the thought,
   * which the constructor emits.
   */
  constructor(
    tokenizer: Pick<Tokenizer, 'bytes' | 'isSpecial'>,
    begun: Begun | undefined,
    onEvent: (event: AnswerEvent) => void,
  ) {
    this.#stream = createTextStream(tokenizer);
    this.#onEvent = onEvent;
    for (const [at, id] of begun?.ids.entries() ?? []) this.add(id, at >= begun!.written);
  }

  /** Adds a token. Emits the characters that it completes, unless `isEmitted` is false. */
  add(id: number, isEmitted = true): void {
    this.#ids.push(id);
    this.#append(this.#stream.push(id), isEmitted);
  }

  end(): Pick<Answer, 'text' | 'ids'> {
    this.#append(this.#stream.flush(), true);
    return { text: this.#text, ids: this.#ids };
  }

  #append(piece: string, isEmitted: boolean): void {
    if (piece === '') return;
    this.#text += piece;
    if (isEmitted) this.#onEvent({ kind: 'text', text: piece });
  }
}
