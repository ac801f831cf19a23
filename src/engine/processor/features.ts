// Features of a picture or clip in the kernels' memory. Owns that memory.

import type { Kernels } from '../../kernels/kernels.ts';
import type { FeatureBlock } from '../vision/features.ts';

export class ProcessorFeatures implements FeatureBlock {
  readonly rows: number;
  /** Addresses of the tables, f32 (rows, width) each: first the features, then those of each DeepStack tap. */
  readonly tables: readonly number[];
  readonly #kernels: Kernels;
  readonly #width: number;

  constructor(kernels: Kernels, rows: number, width: number, tables: number) {
    this.rows = rows;
    this.#kernels = kernels;
    this.#width = width;
    this.tables = Array.from({ length: tables }, () => kernels.arena.allocate(this.#bytes));
  }

  read(): Promise<Float32Array[]> {
    const count = this.rows * this.#width;
    const read = this.tables.map((at) => {
      const values = new Float32Array(this.#width + count);
      values.set(this.#kernels.floats(at, count), this.#width);
      return values;
    });
    return Promise.resolve(read);
  }

  dispose(): void {
    for (const at of this.tables) this.#kernels.arena.free(at, this.#bytes);
  }

  get #bytes(): number {
    return 4 * this.rows * this.#width;
  }
}
