// Computes the cost of paging for a recorded trace on a device. It uses the pager's own cache, policies and reading
// order, and models the times of one reader beside one processor. It covers decoding only, one token after the other.

import { ExpertCache } from './expert-cache.ts';
import type { Guess } from './guess-worth.ts';
import { readingOrder } from './look-ahead.ts';
import { ExpertRead, PIECES, ReadQueue } from './read-queue.ts';
import type { Replacement } from './replacement.ts';
import { guessesAt, ofLayer, type RoutingTrace } from './routing-trace.ts';

export interface DeviceSpeeds {
  /** The time for one expert: from storage to memory, and from memory to its slot. */
  readMs: number;
  uploadMs: number;
  /**
   * The time of one layer whose experts are held, from one routing decision to the next, including run and read-back.
   */
  layerMs: number;
  /** Time of a token outside its layers: embedding, head, sampling. */
  tokenMs: number;
}

export interface Simulated {
  hitRate: number;
  misses: number;
  msPerToken: number;
  tokensPerSecond: number;
  /** Parts of msPerToken. */
  computeMs: number;
  uploadMs: number;
  /** Time spent waiting for reads. */
  waitMs: number;
  /** The time to read only the missing experts, and the time of all reads, wrong guesses included. */
  neededMs: number;
  readMs: number;
}

export interface SimulationOptions {
  /** Per layer. */
  slots: number;
  replacement: (layer: number) => Replacement;
  speeds: DeviceSpeeds;
  /** The number of layers ahead for which to guess; 0 for none. */
  lookAhead: number;
  /** The share of guesses of one kind that must be right for such guesses to be read; 0 if omitted. */
  leastRight?: number;
  /** Whether a prompt was computed before, so that the slots hold some experts. */
  isFilled?: boolean;
  /** The number of tokens at the start that the results leave out. */
  warmUp?: number;
}

export function simulate(trace: RoutingTrace, options: SimulationOptions): Simulated {
  const { slots, replacement, speeds, lookAhead, leastRight = 0, isFilled = false, warmUp = 0 } = options;
  const caches = Array.from(
    { length: trace.layers },
    (_, layer) => new ExpertCache(slots, replacement(layer)),
  );
  if (isFilled)
    for (const cache of caches) for (let expert = 0; expert < slots; expert++) cache.place(expert);
  const reader = new Reader(speeds.readMs, leastRight);
  const sums = { hits: 0, misses: 0, compute: 0, upload: 0, wait: 0, read: 0 };
  let now = 0;
  for (const [time, record] of trace.tokens.entries()) {
    if (time === warmUp) sums.hits = sums.misses = sums.compute = sums.upload = sums.wait = sums.read = 0;
    const readBefore = reader.busyMs;
    now += speeds.tokenMs;
    sums.compute += speeds.tokenMs;
    for (const [layer, cache] of caches.entries()) {
      now += speeds.layerMs;
      sums.compute += speeds.layerMs;
      const chosen = ofLayer(trace, record, layer);
      const missing = pageIn(cache, chosen, time);
      const arrivals = reader.demand(layer, missing, now);
      const guesses = guessesAt(trace, time, layer, lookAhead);
      const isHeld = (of: number, expert: number): boolean => caches[of]!.find(expert) !== undefined;
      reader.guess(layer, readingOrder(layer + 1, guesses, isHeld));
      let ready = now;
      for (const arrival of arrivals) ready = Math.max(ready, arrival) + speeds.uploadMs;
      const uploadMs = missing.length * speeds.uploadMs;
      sums.upload += uploadMs;
      sums.wait += ready - now - uploadMs;
      now = ready;
      sums.hits += chosen.length - missing.length;
      sums.misses += missing.length;
    }
    sums.read += reader.busyMs - readBefore;
  }
  const tokens = trace.tokens.length - warmUp;
  const msPerToken = (sums.compute + sums.upload + sums.wait) / tokens;
  return {
    hitRate: sums.hits / (sums.hits + sums.misses),
    misses: sums.misses,
    msPerToken,
    tokensPerSecond: 1000 / msPerToken,
    computeMs: sums.compute / tokens,
    uploadMs: sums.upload / tokens,
    waitMs: sums.wait / tokens,
    neededMs: (sums.misses * speeds.readMs) / tokens,
    readMs: sums.read / tokens,
  };
}

/** Places experts as the pager does: held experts stay, missing ones get a slot. Returns the missing experts. */
function pageIn(cache: ExpertCache, chosen: Uint16Array, time: number): number[] {
  for (const expert of chosen) cache.use(expert, time);
  const places = [...chosen].flatMap((expert) => cache.find(expert) ?? []);
  for (const place of places) cache.pin(place);
  const missing = [...chosen].filter((expert) => cache.find(expert) === undefined);
  for (const expert of missing) {
    const place = cache.place(expert);
    cache.pin(place);
    places.push(place);
  }
  cache.release(places);
  return missing;
}

class TimedRead extends ExpertRead {
  endMs = 0;
}

/** Performs one read after the other, and finishes each before it begins the next. */
class Reader {
  busyMs = 0;
  readonly #readMs: number;
  readonly #queue: ReadQueue<TimedRead>;
  #freeMs = 0;

  constructor(readMs: number, leastRight: number) {
    this.#readMs = readMs;
    this.#queue = new ReadQueue(PIECES, leastRight, (layer, expert) => new TimedRead(layer, expert));
  }

  guess(passed: number, experts: readonly Guess[]): void {
    this.#queue.guess(passed, experts);
  }

  /**
   * The times at which `experts`, requested at time `now`, arrive, ascending. Until `now`, the reader reads guesses.
   */
  demand(layer: number, experts: readonly number[], now: number): number[] {
    while (this.#freeMs < now && this.#readNext());
    this.#freeMs = Math.max(this.#freeMs, now);
    const reads = experts.map((expert) => this.#queue.want(layer, expert));
    while (reads.some(({ begun }) => begun < PIECES)) this.#readNext();
    return reads.map(({ endMs }) => endMs).sort((a, b) => a - b);
  }

  #readNext(): boolean {
    const next = this.#queue.next();
    if (next === undefined) return false;
    const ms = (this.#readMs * (next.to - next.from)) / PIECES;
    this.#freeMs += ms;
    this.busyMs += ms;
    next.read.endMs = this.#freeMs;
    return true;
  }
}
