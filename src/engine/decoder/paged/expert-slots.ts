// The slots of every mixture layer in the memory of the backend: one tensor per part of an expert, which stacks all
// slots of a layer. Owns the tensors; ExpertCache records which slot holds which expert.

import { fail } from '../../../failure.ts';
import type { ExpertLayer, Manifest } from '../../../format/manifest.ts';
import type { Precision } from '../../../graph/emitted.ts';
import { slotParts, slotType, type SlotPart } from '../../../graph/slots.ts';
import { inPrecision } from '../../runtime/load-weights.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Feeds, Tensor } from '../../runtime/tensor.ts';

interface HeldPart {
  part: SlotPart;
  type: Precision | 'u8';
  tensor: Tensor;
}

export class ExpertSlots {
  readonly perLayer: number;
  readonly #layers: HeldPart[][];
  readonly #runtime: Runtime;
  readonly #precision: Precision;
  /**
   * Each part that is decoded on its way into a slot uses this memory again: new memory would cost more time than the
   * decoding.
   */
  readonly #decoded: Float32Array<ArrayBuffer>;

  private constructor(runtime: Runtime, precision: Precision, perLayer: number, layers: HeldPart[][]) {
    this.#runtime = runtime;
    this.#precision = precision;
    this.perLayer = perLayer;
    this.#layers = layers;
    const counts = layers.flat().map(({ part, type }) => (type === 'u8' ? 0 : elementsOf(part)));
    this.#decoded = new Float32Array(Math.max(...counts));
  }

  /**
   * Makes as many slots per layer as the budget holds, at least `fewest` and at most one per expert. If the device has
   * less memory than that, makes half as many, and so on. Fails with 'out-of-memory'.
   */
  static async allocate(
    runtime: Runtime,
    manifest: Manifest,
    precision: Precision,
    budgetBytes: number,
    fewest: number,
  ): Promise<ExpertSlots> {
    const { experts } = manifest;
    const most = Math.max(...experts.map(({ at }) => at.length));
    const bytes = slotBytes(manifest, precision);
    let perLayer = Math.max(fewest, Math.min(most, Math.floor(budgetBytes / bytes)));
    for (;;) {
      runtime.device?.pushErrorScope('out-of-memory');
      const layers = experts.map((layer) => heldParts(runtime, manifest, layer, precision, perLayer));
      const error = await runtime.device?.popErrorScope();
      const slots = new ExpertSlots(runtime, precision, perLayer, layers);
      if (!error) return slots;
      slots.dispose();
      if (perLayer === fewest)
        fail('out-of-memory', `The device has no memory for ${fewest} experts per layer.`);
      perLayer = Math.max(fewest, Math.floor(perLayer / 2));
    }
  }

  /** Bytes of all slots. */
  get bytes(): number {
    return this.#layers.flat().reduce((sum, { part, type }) => sum + bytesOf(part, type), 0) * this.perLayer;
  }

  /** The slots of mixture layer `index`, by the names of the graphs' inputs. */
  feeds(index: number): Feeds {
    return Object.fromEntries(this.#layers[index]!.map(({ part, tensor }) => [part.input, tensor]));
  }

  /** Writes an expert, in its stored form, into a slot. */
  write(index: number, slot: number, expert: Uint8Array): void {
    for (const { part, type, tensor } of this.#layers[index]!) {
      // A slice, not a subarray, because converting needs bytes that begin at a multiple of the element's size.
      const stored =
        type === 'u8' || part.offset % 4 === 0
          ? expert.subarray(part.offset, part.offset + part.bytes)
          : expert.slice(part.offset, part.offset + part.bytes);
      const bytes =
        type === 'u8'
          ? stored
          : inPrecision(stored, part.dtype, this.#precision, this.#decoded.subarray(0, elementsOf(part)));
      this.#runtime.write(tensor, slot * bytesOf(part, type), bytes);
    }
  }

  dispose(): void {
    for (const { tensor } of this.#layers.flat()) tensor.dispose();
  }
}

/** Bytes of one slot in every mixture layer. */
export function slotBytes(manifest: Manifest, precision: Precision): number {
  const parts = manifest.experts.flatMap(({ layer }) => slotParts(manifest, layer).parts);
  return parts.reduce((sum, part) => sum + bytesOf(part, slotType(part, precision)), 0);
}

function heldParts(
  runtime: Runtime,
  manifest: Manifest,
  { layer }: ExpertLayer,
  precision: Precision,
  perLayer: number,
): HeldPart[] {
  return slotParts(manifest, layer).parts.map((part) => {
    const type = slotType(part, precision);
    // WebGPU writes whole words.
    if (bytesOf(part, type) % 4 !== 0) {
      fail('bad-manifest', `Expert part "${part.name}" has no whole number of words.`);
    }
    return { part, type, tensor: runtime.zeros(type, [perLayer, ...part.shape]) };
  });
}

function bytesOf(part: SlotPart, type: Precision | 'u8'): number {
  if (type === 'u8') return part.bytes;
  return elementsOf(part) * (type === 'f32' ? 4 : 2);
}

function elementsOf(part: SlotPart): number {
  return part.shape.reduce((product, each) => product * each, 1);
}
