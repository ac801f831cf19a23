// Combines the facts of an answer that was written in several runs.

import type { AnswerFacts } from '../../contract/answer.ts';

/** Adds up the tokens and times; the other facts, such as the end and the prompt, are those of the last run. */
export function factsTogether(before: AnswerFacts | null, last: AnswerFacts | null): AnswerFacts | null {
  if (before === null || last === null) return last ?? before;
  return {
    ...last,
    tokens: before.tokens + last.tokens,
    timings: {
      decodingMs: before.timings.decodingMs + last.timings.decodingMs,
      visionMs: before.timings.visionMs + last.timings.visionMs,
      prefillMs: before.timings.prefillMs + last.timings.prefillMs,
      answeringMs: before.timings.answeringMs + last.timings.answeringMs,
    },
  };
}
