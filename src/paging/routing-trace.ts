// The experts to which a series of tokens was routed, recorded for the simulator.

export interface RoutingTrace {
  layers: number;
  experts: number;
  perToken: number;
  /** For each token, the experts to which it was routed: (layers, perToken). */
  tokens: readonly Uint16Array[];
  /** The number of experts in each guess. */
  perGuess: number;
  /**
   * `guesses[distance − 1][token]`: for each layer, the experts that the layer `distance` before it guessed, the
   * likeliest first: (layers, perGuess). Empty for a token without guesses; zeros for the first `distance` layers,
   * because no layer guesses their experts.
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
