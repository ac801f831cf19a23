// Loads the experts that a layer chose from the store into slots, and evicts others to make space. Reads ahead the
// experts that the next layers will probably choose. Counts hits, misses and times. Owns the slots.

import type { PagingCounts, PagingReport } from '../../../contract/answer.ts';
import { fail, Failure } from '../../../failure.ts';
import type { PackageStore } from '../../../format/package-store.ts';
import { expertBlob } from '../../../format/read-package.ts';
import { ExpertCache, type Place } from '../../../paging/expert-cache.ts';
import { readingOrder } from '../../../paging/look-ahead.ts';
import { RecencyFrequency, type Replacement } from '../../../paging/replacement.ts';
import { ExpertReads, type ReadPace } from './expert-reads.ts';

/** Memory for experts, with the same number of slots in each mixture layer. */
export interface SlotMemory {
  readonly perLayer: number;
  /** Bytes of all slots. */
  readonly bytes: number;
  /** Writes an expert of mixture layer `index`, in its stored form, into a slot. */
  write(index: number, slot: number, expert: Uint8Array): void;
  dispose(): void;
}

/** The memory that holds the bytes of an expert from the read until a slot receives them. */
export interface ReadMemory {
  read(expert: Blob): Promise<Uint8Array>;
  /** Releases bytes that no slot received. */
  drop(bytes: Uint8Array): void;
}

/** JavaScript's own memory, in which the garbage collector frees dropped bytes. */
export const HEAP: ReadMemory = {
  read: async (expert) => new Uint8Array(await expert.arrayBuffer()),
  drop: () => undefined,
};

export class ExpertPager<Slots extends SlotMemory> {
  readonly slots: Slots;
  readonly #total: number;
  readonly #layers: readonly number[];
  readonly #caches: ExpertCache[];
  readonly #reads: ExpertReads;
  readonly #counts = { hits: 0, misses: 0, uploadMs: 0, waitMs: 0 };
  /** The counts at the last `take`. */
  #reported: PagingCounts = NOTHING;
  /** Tokens that have gone through all layers. */
  #time = 0;

  constructor(
    store: PackageStore,
    slots: Slots,
    pace: ReadPace,
    memory: ReadMemory = HEAP,
    replacement: (index: number) => Replacement = () => new RecencyFrequency(),
  ) {
    this.slots = slots;
    this.#total = store.manifest.experts.reduce((sum, { at }) => sum + at.length, 0);
    this.#layers = store.manifest.experts.map(({ layer }) => layer);
    this.#caches = this.#layers.map((_, index) => new ExpertCache(slots.perLayer, replacement(index)));
    const source = {
      bytes: store.manifest.experts.map(({ bytes }) => bytes),
      read: (index: number, expert: number, start: number, end: number) =>
        readExpert(store, this.#layers[index]!, expert, start, end, memory),
      drop: (bytes: Uint8Array) => memory.drop(bytes),
    };
    this.#reads = new ExpertReads(source, pace);
  }

  /** Records the experts of the rows (n, k) that layer `index` routed; the rows are the latest tokens. */
  use(index: number, rows: readonly ArrayLike<number>[]): void {
    const cache = this.#caches[index]!;
    for (const [row, experts] of rows.entries()) {
      for (let i = 0; i < experts.length; i++) cache.use(experts[i]!, this.#time + row);
    }
  }

  /** Call it after `count` tokens have gone through all layers. */
  advance(count: number): void {
    this.#time += count;
  }

  isHeld(index: number, expert: number): boolean {
    return this.#caches[index]!.find(expert) !== undefined;
  }

  /** Begins to read an expert that a later `pageIn` loads. Experts are read in the order of these calls. */
  ask(index: number, expert: number): Promise<Uint8Array> {
    return this.#reads.demand(index, expert);
  }

  /** Drops experts that were requested and that no slot received. */
  drop(asked: ReadonlyMap<number, Promise<Uint8Array>>): void {
    for (const bytes of asked.values()) this.#reads.drop(bytes);
  }

  /**
   * Reads the experts that the layers after `index` may choose, except those in slots. `guesses`: one list per layer,
   * the likeliest experts first. Drops earlier guesses for `index` and the layers before it, because all experts that
   * those layers chose have been requested.
   */
  guess(index: number, guesses: readonly ArrayLike<number>[]): void {
    const order = readingOrder(index + 1, guesses, (layer, expert) => this.isHeld(layer, expert));
    this.#reads.guess(index, order);
  }

  /**
   * Loads experts into slots and pins them: first those that are in slots already, then the others as their reads
   * arrive. `asked`: reads that have begun. There must be at least as many slots as `experts`.
   */
  async pageIn(
    index: number,
    experts: ArrayLike<number>,
    asked = new Map<number, Promise<Uint8Array>>(),
  ): Promise<Place[]> {
    const cache = this.#caches[index]!;
    const places: Place[] = [];
    const missing: { expert: number; bytes: Promise<Uint8Array> }[] = [];
    for (let i = 0; i < experts.length; i++) {
      const expert = experts[i]!;
      const held = cache.find(expert);
      if (held === undefined) {
        const bytes = asked.get(expert) ?? this.#reads.demand(index, expert);
        asked.set(expert, bytes);
        missing.push({ expert, bytes });
      } else {
        cache.pin(held);
        places[i] = held;
      }
    }
    this.#counts.hits += experts.length - missing.length;
    this.#counts.misses += missing.length;
    try {
      for (const { expert, bytes } of missing) {
        const start = performance.now();
        const read = await bytes;
        asked.delete(expert);
        const arrived = performance.now();
        const place = cache.place(expert);
        this.slots.write(index, place.slot, read);
        cache.pin(place);
        places[Array.prototype.indexOf.call(experts, expert)] = place;
        this.#counts.waitMs += arrived - start;
        this.#counts.uploadMs += performance.now() - arrived;
      }
    } catch (error) {
      this.release(index, places);
      throw error;
    }
    return places;
  }

  /** Fails with 'bug' if a slot no longer holds the expert that was loaded into it. Call it just before a run. */
  check(index: number, places: readonly Place[]): void {
    for (const place of places) this.#caches[index]!.check(place);
  }

  release(index: number, places: readonly (Place | undefined)[]): void {
    this.#caches[index]!.release(places.filter((place) => place !== undefined));
  }

  /** Reports an append that took `passMs`, `computeMs` of them for computing. Counts the work since the last report. */
  report(passMs: number, computeMs: number): PagingReport {
    const { perLayer, bytes: slotBytes } = this.slots;
    const heldExperts = this.#caches.reduce((sum, cache) => sum + cache.held, 0);
    const slots = this.#layers.length * perLayer;
    return { heldExperts, totalExperts: this.#total, slots, slotBytes, passMs, computeMs, ...this.#take() };
  }

  dispose(): void {
    this.slots.dispose();
  }

  /** The counts since the last call. */
  #take(): PagingCounts {
    const { readMs, bytes, guesses, rightGuesses } = this.#reads.totals;
    const now: PagingCounts = { ...this.#counts, readMs, readBytes: bytes, guesses, rightGuesses };
    const before = this.#reported;
    this.#reported = now;
    return {
      hits: now.hits - before.hits,
      misses: now.misses - before.misses,
      guesses: now.guesses - before.guesses,
      rightGuesses: now.rightGuesses - before.rightGuesses,
      readBytes: now.readBytes - before.readBytes,
      readMs: now.readMs - before.readMs,
      uploadMs: now.uploadMs - before.uploadMs,
      waitMs: now.waitMs - before.waitMs,
    };
  }
}

const NOTHING: PagingCounts = {
  ...{ hits: 0, misses: 0, guesses: 0, rightGuesses: 0 },
  ...{ readBytes: 0, readMs: 0, uploadMs: 0, waitMs: 0 },
};

async function readExpert(
  store: PackageStore,
  layer: number,
  expert: number,
  start: number,
  end: number,
  memory: ReadMemory,
): Promise<Uint8Array> {
  try {
    const blob = await expertBlob(store, layer, expert);
    return await memory.read(blob.slice(start, end));
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    fail('corrupt-shard', `Expert ${expert} of layer ${layer} cannot be read from storage.`, cause);
  }
}
