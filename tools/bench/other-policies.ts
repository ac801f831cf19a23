// Policies to compare with the pager's policy. One uses only recency; the other uses the times of later uses, which
// only a recorded trace contains.

import { least, type Replacement } from '../../src/paging/replacement.ts';

/** Evicts the least recently used expert. */
export class Recency implements Replacement {
  readonly #last = new Map<number, number>();

  use(expert: number, time: number): void {
    this.#last.set(expert, time);
  }

  victim(candidates: readonly number[]): number {
    return least(candidates, (expert) => this.#last.get(expert) ?? -1);
  }
}

/** Belády's policy: evicts the expert whose next use is furthest away. No policy can miss less. */
export class Foresight implements Replacement {
  /** By expert: the times at which it is used, ascending. */
  readonly #uses: readonly (readonly number[])[];
  #now = -1;

  /** `future`: the experts of this layer to which each token is routed. */
  constructor(future: readonly ArrayLike<number>[]) {
    const uses: number[][] = [];
    for (const [time, experts] of future.entries()) {
      for (let i = 0; i < experts.length; i++) (uses[experts[i]!] ??= []).push(time);
    }
    this.#uses = uses;
  }

  use(_: number, time: number): void {
    this.#now = time;
  }

  victim(candidates: readonly number[]): number {
    return least(candidates, (expert) => -this.#next(expert));
  }

  #next(expert: number): number {
    const uses = this.#uses[expert] ?? [];
    let [low, high] = [0, uses.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (uses[middle]! > this.#now) high = middle;
      else low = middle + 1;
    }
    return uses[low] ?? Infinity;
  }
}
