// The experts that a run of tokens was routed to, recorded for the simulator.

export interface RoutingTrace {
  layers: number;
  experts: number;
  perToken: number;
  /** By token: its experts, (layers, perToken). */
  tokens: readonly Uint16Array[];
  /** How many experts a guess names. */
  perGuess: number;
  /**
   * By distance − 1, then by token: the guesses that a layer made for the layer `distance` after it, the
   * likeliest first, stored at the guessed layer: (layers, perGuess). Empty for a token without guesses;
   * zeros for the first `distance` layers, which no layer guesses.
   */
  guesses: readonly (readonly Uint16Array[])[];
}

/** The part of a token's record that belongs to one layer. */
export function ofLayer({ perToken }: RoutingTrace, record: Uint16Array, layer: number): Uint16Array {
  return record.subarray(layer * perToken, (layer + 1) * perToken);
}

/** The guesses of `layer` for the `lookAhead` layers that follow it. */
export function guessesAt(
  { layers, perGuess, guesses }: RoutingTrace,
  time: number,
  layer: number,
  lookAhead: number,
): Uint16Array[] {
  return guesses.slice(0, Math.min(lookAhead, layers - 1 - layer)).map((byToken, i) => {
    const guessed = layer + 1 + i;
    return byToken[time]!.subarray(guessed * perGuess, (guessed + 1) * perGuess);
  });
}

/** The trace as if every guess had been right. */
export function withRightGuesses(trace: RoutingTrace): RoutingTrace {
  return { ...trace, perGuess: trace.perToken, guesses: trace.guesses.map(() => trace.tokens) };
}

/** The share of the chosen experts that the layer `distance` before had among its `perToken` likeliest. */
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
