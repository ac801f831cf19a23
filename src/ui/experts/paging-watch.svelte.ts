// Current figures of expert paging: the experts on the device, the share of hits, and the share of time spent waiting
// for storage. The latest passes have the largest weight.

import type { PagingReport } from '../../contract/answer.ts';

/** The share of the earlier counts that remains after each pass, so that about the last ten passes matter. */
const FADING = 0.9;

export class PagingWatch {
  #latest = $state.raw<PagingReport | null>(null);
  #hits = 0;
  #wanted = 0;
  #waitMs = 0;
  #passMs = 0;

  /** Null until a paged model has answered. */
  get latest(): PagingReport | null {
    return this.#latest;
  }

  /**
   * The share of chosen experts that were on the device when they were chosen, from 0 to 1; null before the first
   * choice.
   */
  get hitShare(): number | null {
    return this.#latest === null || this.#wanted === 0 ? null : this.#hits / this.#wanted;
  }

  /** The share of the time in which the pass had to wait for a read, from 0 to 1. */
  get waitShare(): number {
    return this.#latest === null || this.#passMs === 0 ? 0 : Math.min(1, this.#waitMs / this.#passMs);
  }

  add(report: PagingReport): void {
    this.#hits = FADING * this.#hits + report.hits;
    this.#wanted = FADING * this.#wanted + report.hits + report.misses;
    this.#waitMs = FADING * this.#waitMs + report.waitMs;
    this.#passMs = FADING * this.#passMs + report.passMs;
    this.#latest = report;
  }

  /** Call this when another model is loaded, or the same one with another memory budget. */
  clear(): void {
    this.#hits = this.#wanted = this.#waitMs = this.#passMs = 0;
    this.#latest = null;
  }
}
