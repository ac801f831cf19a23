// Records which slot holds which expert of one mixture layer. The pager and the simulator share this bookkeeping, which
// moves no bytes: the caller writes the bytes of a slot after `place` has assigned it.

import { fail } from '../failure.ts';
import type { Replacement } from './replacement.ts';

/** An expert in a slot; valid as long as the slot's generation is unchanged. */
export interface Place {
  readonly expert: number;
  readonly slot: number;
  readonly generation: number;
}

export class ExpertCache {
  readonly slots: number;
  readonly #replacement: Replacement;
  /** The expert in each slot; undefined if the slot is free. */
  readonly #places: (Place | undefined)[];
  readonly #byExpert = new Map<number, Place>();
  /** Slots in use, whose experts must stay. */
  readonly #pinned = new Set<number>();

  constructor(slots: number, replacement: Replacement) {
    this.slots = slots;
    this.#replacement = replacement;
    this.#places = new Array<Place | undefined>(slots).fill(undefined);
  }

  get held(): number {
    return this.#byExpert.size;
  }

  find(expert: number): Place | undefined {
    return this.#byExpert.get(expert);
  }

  /** Records that a token was routed to `expert`. `time` counts tokens and never decreases. */
  use(expert: number, time: number): void {
    this.#replacement.use(expert, time);
  }

  /**
   * Assigns a slot to an expert that has none. If no slot is free, evicts another expert. The caller fills the slot
   * before the next run.
   */
  place(expert: number): Place {
    if (this.#byExpert.has(expert)) fail('bug', `Expert ${expert} has a slot already.`);
    const slot = this.#freeSlot();
    const old = this.#places[slot];
    if (old !== undefined) this.#byExpert.delete(old.expert);
    const place: Place = { expert, slot, generation: (old?.generation ?? 0) + 1 };
    this.#places[slot] = place;
    this.#byExpert.set(expert, place);
    return place;
  }

  /** Protects a place from eviction until it is released. */
  pin(place: Place): void {
    this.check(place);
    this.#pinned.add(place.slot);
  }

  release(places: Iterable<Place>): void {
    for (const { slot } of places) this.#pinned.delete(slot);
  }

  /** Fails with 'bug' if another expert has taken the slot in the meantime. */
  check(place: Place): void {
    const now = this.#places[place.slot];
    if (now?.generation === place.generation && now.expert === place.expert) return;
    fail('bug', `Slot ${place.slot} no longer holds expert ${place.expert}.`);
  }

  #freeSlot(): number {
    if (this.#byExpert.size < this.slots) return this.#places.indexOf(undefined);
    const candidates = this.#places.flatMap((place) =>
      place === undefined || this.#pinned.has(place.slot) ? [] : [place.expert],
    );
    if (candidates.length === 0) fail('bug', `All ${this.slots} slots are in use.`);
    return this.#byExpert.get(this.#replacement.victim(candidates))!.slot;
  }
}
