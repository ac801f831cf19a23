// How paging goes at the moment: what lies on the device, how often it was what was wanted, and how long
// storage was waited for. The latest passes count most.

import type { PagingReport } from '../../contract/answer.ts';

/** Of what was counted, after each pass: about the last ten matter. */
const FADING = 0.9;

export class PagingWatch {
  #latest = $state.raw<PagingReport | null>(null);
  #hits = 0;
  #wanted = 0;
  #waitMs = 0;
  #passMs = 0;

  /** null until a paged model has answered. */
  get latest(): PagingReport | null {
    return this.#latest;
  }

  /** Experts that were at hand when they were wanted, 0 … 1; null where none was. */
  get hitShare(): number | null {
    return this.#latest === null || this.#wanted === 0 ? null : this.#hits / this.#wanted;
  }

  /** Of the time, in which nothing could go on before a read was done: 0 … 1. */
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

  /** Another model, or the same one with another amount of memory. */
  clear(): void {
    this.#hits = this.#wanted = this.#waitMs = this.#passMs = 0;
    this.#latest = null;
  }
}
