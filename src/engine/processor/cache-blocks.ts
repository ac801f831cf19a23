// Keys and values of the tokens seen so far, in blocks of tokens that never move. A block has space for all layers: for
// each layer, its keys and then its values, (kvHeads, tokens, headDim) each. Owns the blocks.

import type { TextConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';
import type { Kernels } from '../../kernels/kernels.ts';

/** Tokens per block: a multiple of 32, because attention reads 32 positions at a time. */
const BLOCK_TOKENS = 256;

/** The fields of the operations that read and write the cache. */
export interface CacheFields {
  table: number;
  keys: number;
  values: number;
  positions: number;
  isHalf: number;
}

export class CacheBlocks {
  /** The number of tokens in the cache. */
  length = 0;
  readonly #kernels: Kernels;
  readonly #bytesPerSide: number;
  readonly #layers: number;
  readonly #isHalf: boolean;
  readonly #blocks: number[] = [];
  readonly #table: number;
  readonly #mostBlocks: number;

  constructor(kernels: Kernels, text: TextConfig, precision: Precision) {
    this.#kernels = kernels;
    this.#isHalf = precision === 'f16';
    this.#bytesPerSide = text.kvHeads * BLOCK_TOKENS * text.headDim * (this.#isHalf ? 2 : 4);
    this.#layers = text.layers;
    this.#mostBlocks = Math.ceil(text.contextLength / BLOCK_TOKENS);
    this.#table = kernels.arena.allocate(4 * this.#mostBlocks);
  }

  /** Allocates blocks until `count` more tokens fit. */
  reserve(count: number): void {
    while (this.#blocks.length * BLOCK_TOKENS < this.length + count) {
      const at = this.#kernels.arena.allocate(this.#blockBytes);
      this.#kernels.ints(this.#table, this.#mostBlocks)[this.#blocks.length] = at;
      this.#blocks.push(at);
    }
  }

  fields(layer: number): CacheFields {
    const keys = 2 * layer * this.#bytesPerSide;
    return {
      table: this.#table,
      keys,
      values: keys + this.#bytesPerSide,
      positions: BLOCK_TOKENS,
      isHalf: this.#isHalf ? 1 : 0,
    };
  }

  /** Removes the tokens from `length` on, and frees the blocks that are then empty. */
  truncate(length: number): void {
    this.length = Math.min(this.length, length);
    const needed = Math.ceil(this.length / BLOCK_TOKENS);
    for (const at of this.#blocks.splice(needed)) this.#kernels.arena.free(at, this.#blockBytes);
  }

  dispose(): void {
    this.truncate(0);
    this.#kernels.arena.free(this.#table, 4 * this.#mostBlocks);
  }

  get #blockBytes(): number {
    return 2 * this.#layers * this.#bytesPerSide;
  }
}
