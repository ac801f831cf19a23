// Hands out ranges of the kernels' memory: weights, cache blocks and scratch. The memory grows when no free range is
// large enough; it never shrinks, so freed ranges are used again.

import { fail } from '../failure.ts';

/** Ranges begin at multiples of this: a line of the processor's cache, so that threads do not share lines. */
const ALIGNMENT = 64;
const PAGE = 65536;
/** WebAssembly addresses 4 GiB; the last page stays free, so that the end of a range is a 32-bit number. */
export const MAX_BYTES = 2 ** 32 - PAGE;

interface Range {
  at: number;
  bytes: number;
}

export class Arena {
  readonly #memory: WebAssembly.Memory;
  /** The free ranges, ascending; no two of them touch. */
  readonly #free: Range[] = [];
  /** The end of the highest range in use. */
  #top: number;

  /** Leaves the first `reserved` bytes of the memory untouched. */
  constructor(memory: WebAssembly.Memory, reserved: number) {
    this.#memory = memory;
    this.#top = aligned(reserved);
  }

  /** Fails with 'out-of-memory' if the memory cannot grow far enough. The bytes are not zeroed. */
  allocate(bytes: number): number {
    const needed = aligned(Math.max(bytes, 1));
    const index = this.#free.findIndex((range) => range.bytes >= needed);
    const range = this.#free[index];
    if (range !== undefined) {
      const { at } = range;
      range.at += needed;
      range.bytes -= needed;
      if (range.bytes === 0) this.#free.splice(index, 1);
      return at;
    }
    const at = this.#top;
    this.#grow(at + needed);
    this.#top = at + needed;
    return at;
  }

  /** Frees a range that `allocate(bytes)` returned. */
  free(at: number, bytes: number): void {
    const size = aligned(Math.max(bytes, 1));
    let index = this.#free.findIndex((range) => range.at > at);
    if (index === -1) index = this.#free.length;
    this.#free.splice(index, 0, { at, bytes: size });
    this.#join(index);
    this.#join(index - 1);
    const last = this.#free.at(-1);
    if (last === undefined || last.at + last.bytes < this.#top) return;
    this.#top = last.at;
    this.#free.pop();
  }

  /** Joins a free range with the one after it, if the two touch. */
  #join(index: number): void {
    const range = this.#free[index];
    const next = this.#free[index + 1];
    if (range === undefined || next === undefined || range.at + range.bytes < next.at) return;
    range.bytes += next.bytes;
    this.#free.splice(index + 1, 1);
  }

  #grow(end: number): void {
    const missing = end - this.#memory.buffer.byteLength;
    if (missing <= 0) return;
    try {
      if (end > MAX_BYTES) throw new RangeError(`${end} bytes exceed WebAssembly's memory.`);
      this.#memory.grow(Math.ceil(missing / PAGE));
    } catch (error) {
      fail('out-of-memory', `The processor's memory does not grow to ${(end / 1e9).toFixed(2)} GB.`, error);
    }
  }
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
