// The tokens of an answer that ended early and continues; they follow the prompt.

import type { BegunAnswer } from '../../contract/answer.ts';
import type { Prompt } from '../prompt/prompt.ts';
import { markTokens, unusedMark } from '../prompt/render-conversation.ts';
import type { Tokenizer } from '../prompt/tokenizer.ts';

/**
 * The text that Qwen's authors append to a thought that has to end (the Qwen3 technical report, "Thinking
 * Budget"): the models then answer from their thoughts so far.
 */
const END_OF_THOUGHT =
  '\n\nConsidering the limited time by the user, I have to give the solution based on the thinking directly now.\n</think>\n\n';

export interface Begun {
  /** All tokens that the answer begins with. */
  ids: number[];
  /** The number of tokens in `ids` that the model wrote; the others end its thought. */
  written: number;
}

export function begunTokens(
  { text, ids, answerNow }: BegunAnswer,
  tokenizer: Pick<Tokenizer, 'encode' | 'added'>,
): Begun {
  const written = ids === undefined ? encodeWritten(text, tokenizer) : [...ids];
  const ending = answerNow === true ? tokenizer.encode(END_OF_THOUGHT) : [];
  return { ids: [...written, ...ending], written: written.length };
}

/** Appends the tokens to the prompt. */
export function goneOnWith({ inputIds, slots }: Prompt, ids: readonly number[]): Prompt {
  const all = new Int32Array(inputIds.length + ids.length);
  all.set(inputIds);
  all.set(ids, inputIds.length);
  return { inputIds: all, slots };
}

/**
 * Tokenises text that the model wrote. The text of an answer contains no special tokens, so a piece that looks like one
 * is plain text. An incomplete character at the end is cut off; the model writes it anew.
 */
function encodeWritten(text: string, tokenizer: Pick<Tokenizer, 'encode' | 'added'>): number[] {
  const whole = text.replace(/\ufffd+$/, '');
  const mark = unusedMark([whole]);
  const special = tokenizer.added.filter((token) => token.special);
  return tokenizer.encode({ text: markTokens(whole, special, mark), mark });
}
