// Collects the routing that a paged decoder reports layer by layer, and orders it by token for the simulator.

import { guessedPerLayer, LOOK_AHEAD } from '../../src/paging/look-ahead.ts';
import type { RoutingTrace } from '../../src/paging/routing-trace.ts';

export class RoutingRecorder {
  /** Indexed by layer, then by token. */
  readonly #chosen: Uint16Array[][] = [];
  /** Indexed by distance − 1, then by guessed layer, then by token. */
  readonly #guesses: (Uint16Array | undefined)[][][] = Array.from({ length: LOOK_AHEAD }, () => []);

  add(index: number, chosen: readonly Uint16Array[], guesses: readonly Uint16Array[]): void {
    const layer = (this.#chosen[index] ??= []);
    const time = layer.length;
    layer.push(...chosen);
    for (const [i, guess] of guesses.entries()) (this.#guesses[i]![index + 1 + i] ??= [])[time] = guess;
  }

  trace(experts: number, perToken: number): RoutingTrace {
    const perGuess = guessedPerLayer(perToken, experts);
    const layers = this.#chosen.length;
    const record = (size: number, of: (layer: number) => Uint16Array | undefined): Uint16Array => {
      const all = new Uint16Array(layers * size);
      for (let layer = 0; layer < layers; layer++) all.set(of(layer) ?? [], layer * size);
      return all;
    };
    const times = [...(this.#chosen.at(-1) ?? []).keys()];
    return {
      layers,
      experts,
      perToken,
      tokens: times.map((time) => record(perToken, (layer) => this.#chosen[layer]![time])),
      perGuess,
      guesses: this.#guesses.map((byLayer) =>
        times.map((time) =>
          byLayer.some((byTime) => byTime[time] !== undefined)
            ? record(perGuess, (layer) => byLayer[layer]?.[time])
            : new Uint16Array(0),
        ),
      ),
    };
  }
}
