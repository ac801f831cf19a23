// What is told of an answer that was written in several runs.

import type { AnswerFacts } from '../../contract/answer.ts';

/** Tokens and times of both together; how it ended, and what the prompt was, of the last. */
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
