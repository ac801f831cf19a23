// The options of one answer, in the form in which callers of the package pass them.

import type { AnswerOptions } from '../contract/answer.ts';

/** The options of one answer. */
export interface AskOptions extends Partial<AnswerOptions> {
  /** The largest number of tokens to generate. If omitted, 512. */
  maxTokens?: number;
  /** If omitted, the most likely token is chosen each time (greedy), so that the same question gets the same answer. */
  sampling?: AnswerOptions['sampling'];
  /** Stops the answer. */
  signal?: AbortSignal;
}
