// The text of an answer while it is written, and its tokens.

import type { Answer, AnswerEvent } from '../../contract/answer.ts';
import type { Tokenizer } from '../prompt/tokenizer.ts';
import type { Begun } from './begun.ts';
import { createTextStream, type TextStream } from './text-stream.ts';

export class AnswerText {
  readonly #stream: TextStream;
  readonly #onEvent: (event: AnswerEvent) => void;
  readonly #ids: number[] = [];
  #text = '';

  /** `begun`: it belongs to the text. Only the end of its thought is emitted; the rest was emitted before. */
  constructor(
    tokenizer: Pick<Tokenizer, 'bytes' | 'isSpecial'>,
    begun: Begun | undefined,
    onEvent: (event: AnswerEvent) => void,
  ) {
    this.#stream = createTextStream(tokenizer);
    this.#onEvent = onEvent;
    for (const [at, id] of begun?.ids.entries() ?? []) this.add(id, at >= begun!.written);
  }

  /** Emits the characters that the token completes, unless `isReported` is false. */
  add(id: number, isReported = true): void {
    this.#ids.push(id);
    this.#say(this.#stream.push(id), isReported);
  }

  end(): Pick<Answer, 'text' | 'ids'> {
    this.#say(this.#stream.flush(), true);
    return { text: this.#text, ids: this.#ids };
  }

  #say(piece: string, isTold: boolean): void {
    if (piece === '') return;
    this.#text += piece;
    if (isTold) this.#onEvent({ kind: 'text', text: piece });
  }
}
