// Memory for experts that a reader has read and that no slot has received yet. A slot receives an expert without a copy:
// slot and staging memory exchange addresses. Owns the reader, and the memory that it allocates.

import type { Kernels } from '../../kernels/kernels.ts';
import { HEAP, type ReadMemory } from '../decoder/paged/expert-pager.ts';
import type { BlobReader } from './blob-reader.ts';

/**
 * The largest number of experts in staging memory: the guesses that the pager holds, and the chosen experts of a layer.
 * Long prompts read more experts; these go to JavaScript's memory.
 */
const PLACES = 32;

export class ExpertStaging implements ReadMemory {
  /** The number of bytes of a place. */
  readonly placeBytes: number;
  readonly #kernels: Kernels;
  readonly #reader: BlobReader;
  readonly #memory: number;
  readonly #free: number[];
  /** The addresses of the experts in staging memory, by the view that `read` returned. */
  readonly #addresses = new Map<Uint8Array, number>();
  readonly #reading = new Set<Promise<void>>();

  /** Takes over the reader. Fails with 'out-of-memory'. */
  constructor(kernels: Kernels, reader: BlobReader, placeBytes: number) {
    this.placeBytes = placeBytes;
    this.#kernels = kernels;
    this.#reader = reader;
    this.#memory = kernels.arena.allocate(stagingBytes(placeBytes));
    this.#free = Array.from({ length: PLACES }, (_, place) => this.#memory + place * placeBytes);
  }

  async read(expert: Blob): Promise<Uint8Array> {
    const address = this.#free.pop();
    if (address === undefined) return HEAP.read(expert);
    const reading = this.#reader.read(expert, address);
    this.#reading.add(reading);
    try {
      await reading;
    } catch (error) {
      this.#free.push(address);
      throw error;
    } finally {
      this.#reading.delete(reading);
    }
    const bytes = this.#kernels.bytes(address, expert.size);
    this.#addresses.set(bytes, address);
    return bytes;
  }

  drop(bytes: Uint8Array): void {
    const address = this.#addresses.get(bytes);
    if (address === undefined) return;
    this.#addresses.delete(bytes);
    this.#free.push(address);
  }

  /**
   * Gives the place that holds `bytes` to the caller, and takes `other`, which is as large, in exchange. Returns the
   * address of the place, or undefined if the bytes lie elsewhere.
   */
  exchange(bytes: Uint8Array, other: number): number | undefined {
    const address = this.#addresses.get(bytes);
    if (address === undefined) return undefined;
    this.#addresses.delete(bytes);
    this.#free.push(other);
    return address;
  }

  /** Waits for the running reads, because they write to the memory. */
  async dispose(): Promise<void> {
    await Promise.allSettled(this.#reading);
    this.#reader.dispose();
    this.#kernels.arena.free(this.#memory, stagingBytes(this.placeBytes));
  }
}

export function stagingBytes(placeBytes: number): number {
  return PLACES * placeBytes;
}
