// Which experts a run of tokens went to, recorded for the simulator.

export interface RoutingTrace {
  layers: number;
  experts: number;
  perToken: number;
  /** By token: its experts, (layers, perToken). */
  tokens: readonly Uint16Array[];
  /** By token: what the layer before guessed of them, (layers, perToken); the first layer's are no guess. */
  guesses: readonly Uint16Array[];
}

/** The part of a token's record that belongs to one layer. */
export function ofLayer({ perToken }: RoutingTrace, record: Uint16Array, layer: number): Uint16Array {
  return record.subarray(layer * perToken, (layer + 1) * perToken);
}

/** Of the experts guessed, the share that was then chosen: as many are guessed as are chosen. */
export function guessRecall(trace: RoutingTrace): number {
  let right = 0;
  let all = 0;
  for (const [time, record] of trace.tokens.entries()) {
    for (let layer = 1; layer < trace.layers; layer++) {
      const guessed = new Set(ofLayer(trace, trace.guesses[time]!, layer));
      for (const expert of ofLayer(trace, record, layer)) if (guessed.has(expert)) right++;
      all += trace.perToken;
    }
  }
  return right / all;
}
