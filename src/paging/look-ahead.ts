// Which experts the next layers may choose, and in which order to read them.

import type { ExpertId } from './read-queue.ts';

/** How many layers ahead are guessed. A third one gains 1 % on simulated machines. */
export const LOOK_AHEAD = 2;

/**
 * The number of experts to guess per layer: twice as many as it will choose, because most of the likeliest
 * are held already.
 */
export function guessedPerLayer(perToken: number, experts: number): number {
  return Math.min(experts, 2 * perToken);
}

/**
 * The experts that are not held, the most promising first. `guesses[i]`: those of layer `first` + i, the
 * likeliest first. A guess is less likely to be right the further ahead it looks and the lower it ranks;
 * ordering by (rank + 2) · distance is within 2 % of ordering by the measured share of right guesses.
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
