// The slots of every mixture layer in the kernels' memory; a slot holds an expert in its stored form. Owns that memory;
// ExpertCache records which slot holds which expert.

import { Failure } from '../../failure.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { SlotMemory } from '../decoder/paged/expert-pager.ts';
import type { ExpertStaging } from './expert-staging.ts';

export class ProcessorSlots implements SlotMemory {
  readonly perLayer: number;
  readonly #kernels: Kernels;
  readonly #staging: ExpertStaging | undefined;
  /** For each mixture layer: the address of its memory, the number of bytes per slot, and the slots' addresses. */
  readonly #layers: { at: number; slotBytes: number; slots: number[] }[] = [];

  private constructor(kernels: Kernels, { experts }: Manifest, perLayer: number, staging?: ExpertStaging) {
    this.#kernels = kernels;
    this.perLayer = perLayer;
    this.#staging = staging;
    try {
      for (const { bytes } of experts) {
        const slotBytes = aligned(bytes);
        const at = kernels.arena.allocate(slotBytes * perLayer);
        const slots = Array.from({ length: perLayer }, (_, slot) => at + slot * slotBytes);
        this.#layers.push({ at, slotBytes, slots });
      }
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /**
   * Makes as many slots per layer as the budget holds, at least `fewest` and at most one per expert. If the memory
   * cannot grow by that much, makes half as many, and so on. Fails with 'out-of-memory'.
   */
  static allocate(
    kernels: Kernels,
    manifest: Manifest,
    budgetBytes: number,
    fewest: number,
    staging?: ExpertStaging,
  ): ProcessorSlots {
    const most = Math.max(...manifest.experts.map(({ at }) => at.length));
    let perLayer = Math.floor(budgetBytes / processorSlotBytes(manifest));
    perLayer = Math.max(fewest, Math.min(most, perLayer));
    for (;;) {
      try {
        return new ProcessorSlots(kernels, manifest, perLayer, staging);
      } catch (error) {
        const isTooLarge = error instanceof Failure && error.code === 'out-of-memory';
        if (!isTooLarge || perLayer === fewest) throw error;
        perLayer = Math.max(fewest, Math.floor(perLayer / 2));
      }
    }
  }

  get bytes(): number {
    return this.#layers.reduce((sum, { slotBytes }) => sum + slotBytes, 0) * this.perLayer;
  }

  /** The address of a slot of mixture layer `index`. */
  address(index: number, slot: number): number {
    return this.#layers[index]!.slots[slot]!;
  }

  write(index: number, slot: number, expert: Uint8Array): void {
    const { slotBytes, slots } = this.#layers[index]!;
    const staging = this.#staging?.placeBytes === slotBytes ? this.#staging : undefined;
    const staged = staging?.exchange(expert, slots[slot]!);
    if (staged !== undefined) {
      slots[slot] = staged;
      return;
    }
    this.#kernels.bytes(slots[slot]!, expert.byteLength).set(expert);
    this.#staging?.drop(expert);
  }

  dispose(): void {
    for (const { at, slotBytes } of this.#layers.splice(0)) {
      this.#kernels.arena.free(at, slotBytes * this.perLayer);
    }
  }
}

/** Bytes of the largest slot. */
export function largestSlotBytes({ experts }: Pick<Manifest, 'experts'>): number {
  return Math.max(...experts.map(({ bytes }) => aligned(bytes)));
}

/** Bytes of one slot in every mixture layer. */
export function processorSlotBytes({ experts }: Pick<Manifest, 'experts'>): number {
  return experts.reduce((sum, { bytes }) => sum + aligned(bytes), 0);
}

/** Rounds up to whole cache lines of the processor, so that each slot begins at a cache line. */
function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
