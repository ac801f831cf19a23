// Measures how many guesses of a recorded trace are right.

import { guessesAt, ofLayer, type RoutingTrace } from '../../src/paging/routing-trace.ts';

/** The trace as if every guess had been right. */
export function withRightGuesses(trace: RoutingTrace): RoutingTrace {
  return { ...trace, perGuess: trace.perToken, guesses: trace.guesses.map(() => trace.tokens) };
}

/** The share of chosen experts that were among the `perToken` likeliest guesses, made `distance` layers earlier. */
export function guessRecall(trace: RoutingTrace, distance: number): number {
  let right = 0;
  let all = 0;
  for (const [time, record] of trace.tokens.entries()) {
    for (let layer = distance; layer < trace.layers; layer++) {
      const guess = guessesAt(trace, time, layer - distance, distance)[distance - 1]!;
      if (guess.length === 0) continue;
      const guessed = new Set(guess.subarray(0, trace.perToken));
      for (const expert of ofLayer(trace, record, layer)) if (guessed.has(expert)) right++;
      all += trace.perToken;
    }
  }
  return right / all;
}
