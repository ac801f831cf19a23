// A routing trace of the 30B model's shape, made without the model: each layer has favourite experts,
// neighbouring tokens choose similar experts, and the rest is chance.

import { guessedPerLayer, LOOK_AHEAD } from './look-ahead.ts';
import type { RoutingTrace } from './routing-trace.ts';

export interface TraceShape {
  layers: number;
  experts: number;
  perToken: number;
  tokens: number;
}

/** Standard deviations of the parts of an expert's logit. Another part is noise with a deviation of 1. */
export interface TraceCharacter {
  favourites: number;
  /** A part that drifts: half of it is left after `halfLife` tokens. */
  topic: number;
  halfLife: number;
  /** The noise that each layer adds between the guessing layer and the guessed one. */
  guessNoise: number;
}

/**
 * These values fit the published hit rates of Qwen3-30B-A3B, paged by a native program with 6, 19, 38 and 64 % of the
 * experts resident (36.6, 74.1, 89.4 and 96.2 %). The quality of guesses is assumed: three of four experts are right
 * one layer ahead, seven of ten two layers ahead.
 */
export const LIKE_30B: TraceCharacter = { favourites: 1, topic: 1, halfLife: 16, guessNoise: 0.5 };

/** `random`: uniform in [0, 1); the same sequence gives the same trace. */
export function typicalTrace(
  { layers, experts, perToken, tokens }: TraceShape,
  { favourites, topic, halfLife, guessNoise }: TraceCharacter,
  random: () => number,
): RoutingTrace {
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const draw = (count: number, scale: number): Float64Array =>
    Float64Array.from({ length: count }, () => scale * normal());
  const fixed = draw(layers * experts, favourites);
  const drift = draw(layers * experts, topic);
  const keep = 2 ** (-1 / halfLife);
  const fresh = topic * Math.sqrt(1 - keep * keep);
  const all: Uint16Array[] = [];
  const perGuess = guessedPerLayer(perToken, experts);
  const guesses = Array.from({ length: LOOK_AHEAD }, (): Uint16Array[] => []);
  for (let token = 0; token < tokens; token++) {
    const chosen = new Uint16Array(layers * perToken);
    for (const byToken of guesses) byToken.push(new Uint16Array(layers * perGuess));
    for (let layer = 0; layer < layers; layer++) {
      const logits = new Float64Array(experts);
      for (let e = 0; e < experts; e++) {
        const at = layer * experts + e;
        drift[at] = keep * drift[at]! + fresh * normal();
        logits[e] = fixed[at]! + drift[at] + normal();
      }
      chosen.set(best(logits, perToken), layer * perToken);
      for (const byToken of guesses) {
        for (let e = 0; e < experts; e++) logits[e]! += guessNoise * normal();
        byToken[token]!.set(best(logits, perGuess), layer * perGuess);
      }
    }
    all.push(chosen);
  }
  return { layers, experts, perToken, tokens: all, perGuess, guesses };
}

/** The indices of the k largest logits, descending. */
function best(logits: Float64Array, k: number): Uint16Array {
  const order = Uint16Array.from(logits, (_, expert) => expert);
  return order.sort((a, b) => logits[b]! - logits[a]!).slice(0, k);
}
