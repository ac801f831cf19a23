// What paging a recorded trace costs on a device: the pager's own cache and policies, time from a model of
// one reader beside one processor. Decoding only, one token after the other.

import { ExpertCache } from './expert-cache.ts';
import type { Replacement } from './replacement.ts';
import { ofLayer, type RoutingTrace } from './routing-trace.ts';

export interface DeviceSpeeds {
  /** One expert: from storage to memory, and from memory to its slot. */
  readMs: number;
  uploadMs: number;
  /** One layer with its experts at hand, from one routing decision to the next, run and read-back included. */
  layerMs: number;
  /** What a token costs beside its layers: embedding, head, sampling. */
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
  /** Reading that nothing hid. */
  waitMs: number;
  /** All reading, wrong guesses included. */
  readMs: number;
}

export interface SimulationOptions {
  /** Per layer. */
  slots: number;
  replacement: (layer: number) => Replacement;
  speeds: DeviceSpeeds;
  lookAhead: boolean;
  /** Tokens at the start that fill the cache and are not counted. */
  warmUp?: number;
}

export function simulate(trace: RoutingTrace, options: SimulationOptions): Simulated {
  const { slots, replacement, speeds, lookAhead, warmUp = 0 } = options;
  const caches = Array.from(
    { length: trace.layers },
    (_, layer) => new ExpertCache(slots, replacement(layer)),
  );
  const reader = new Reader(speeds.readMs);
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
      const missing = bring(cache, chosen, time);
      const ready = reader.demand(missing, now);
      const next = caches[layer + 1];
      const guessed = lookAhead && next ? ofLayer(trace, trace.guesses[time]!, layer + 1) : [];
      reader.guess([...guessed].filter((expert) => next?.find(expert) === undefined));
      sums.wait += Math.max(0, ready - now);
      sums.upload += missing.length * speeds.uploadMs;
      now = Math.max(now, ready) + missing.length * speeds.uploadMs;
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
    readMs: sums.read / tokens,
  };
}

/** As the pager does it: what is held stays, what is missing gets a slot. Returns what was missing. */
function bring(cache: ExpertCache, chosen: Uint16Array, time: number): number[] {
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

/** One read after the other; a guess that has begun is finished, one that has not is dropped. */
class Reader {
  busyMs = 0;
  readonly #readMs: number;
  #free = 0;
  #guesses: number[] = [];

  constructor(readMs: number) {
    this.#readMs = readMs;
  }

  guess(experts: number[]): void {
    this.#guesses = experts;
  }

  /** When the last of `experts`, asked for now, is at hand. Guesses were read until now. */
  demand(experts: readonly number[], now: number): number {
    const read = new Map<number, number>();
    for (const guess of this.#guesses) {
      if (this.#free >= now) break;
      read.set(guess, this.#next(this.#free));
    }
    this.#guesses = [];
    let ready = 0;
    for (const expert of experts) ready = Math.max(ready, read.get(expert) ?? this.#next(now));
    this.#free = Math.max(this.#free, now);
    return ready;
  }

  #next(from: number): number {
    this.#free = Math.max(this.#free, from) + this.#readMs;
    this.busyMs += this.#readMs;
    return this.#free;
  }
}
