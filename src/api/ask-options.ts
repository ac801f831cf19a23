// The options of one answer, as callers of the package give them.

import type { AnswerOptions } from '../contract/answer.ts';

/** The options of one answer. */
export interface AskOptions extends Partial<AnswerOptions> {
  /** The largest number of tokens to generate. If omitted, 512. */
  maxTokens?: number;
  /** If omitted, greedy: the most likely token each time, so that the same question has the same answer. */
  sampling?: AnswerOptions['sampling'];
  /** Stops the answer. */
  signal?: AbortSignal;
}
