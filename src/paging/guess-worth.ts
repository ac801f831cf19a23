// Decides which guesses are worth a read. It learns how often guesses of each rank and distance are right. That takes
// no reads: a guess was right if its layer then requested the expert.

/** A guessed expert. A guess with a higher cost is less likely to be right; see `readingOrder`. */
export interface Guess {
  readonly layer: number;
  readonly expert: number;
  readonly cost: number;
}

/** The weight of the newest outcome in a share. Each token of the 30B model has about 50 outcomes for each cost. */
const NEWEST = 1 / 64;

export class GuessWorth {
  readonly #leastRight: number;
  /** The share of the latest guesses that were right, by their cost. At first, all guesses count as right. */
  readonly #right: number[] = [];
  /** Guesses whose layers are still to come, and whether the layer has requested the expert. */
  #open: { guess: Guess; isRight: boolean }[] = [];

  /** Guesses are worth a read if at least this share of those with the same cost is right. */
  constructor(leastRight: number) {
    this.#leastRight = leastRight;
  }

  /** `layer` requested an expert that is in no slot. */
  requested(layer: number, expert: number): void {
    for (const open of this.#open) {
      if (open.guess.layer === layer && open.guess.expert === expert) open.isRight = true;
    }
  }

  /** The guesses that are worth a read. The layers up to `passed` have requested all of their experts. */
  choose(passed: number, guesses: readonly Guess[]): Guess[] {
    for (const { guess, isRight } of this.#open) {
      if (guess.layer > passed) continue;
      const before = this.#right[guess.cost] ?? 1;
      this.#right[guess.cost] = before + NEWEST * ((isRight ? 1 : 0) - before);
    }
    this.#open = this.#open.filter(({ guess }) => guess.layer > passed);
    for (const guess of guesses) this.#open.push({ guess, isRight: false });
    return guesses.filter(({ cost }) => (this.#right[cost] ?? 1) >= this.#leastRight);
  }
}
