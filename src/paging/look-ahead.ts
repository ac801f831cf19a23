// Which experts the next layers may want, and in which order to read them.

import type { ExpertId } from './read-queue.ts';

/** Layers that are guessed ahead. A third one gains one part in a hundred on simulated machines. */
export const LOOK_AHEAD = 2;

/** So many experts are guessed per layer: twice those it will choose, since most of the best are held already. */
export function guessedPerLayer(perToken: number, experts: number): number {
  return Math.min(experts, 2 * perToken);
}

/**
 * The experts that are not held, the most promising first. `guesses[i]`: of layer `first` + i, the likeliest
 * first. A guess is the less likely right the further it looks and the lower it ranks; (rank + 2) · distance
 * orders them as well as the measured share of right ones does, within two parts in a hundred.
 */
export function readingOrder(
  first: number,
  guesses: readonly ArrayLike<number>[],
  isHeld: (layer: number, expert: number) => boolean,
): ExpertId[] {
  const order: (ExpertId & { cost: number })[] = [];
  for (const [i, ranked] of guesses.entries()) {
    for (let rank = 0; rank < ranked.length; rank++) {
      const [layer, expert] = [first + i, ranked[rank]!];
      if (!isHeld(layer, expert)) order.push({ layer, expert, cost: (rank + 2) * (i + 1) });
    }
  }
  return order.sort((a, b) => a.cost - b.cost);
}
