// Features in the memory of onnxruntime. Each table begins with a zero row, which text tokens read.

import { decodeF16 } from '../../format/float.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Tensor } from '../runtime/tensor.ts';
import type { FeatureBlock } from './features.ts';

export class TensorBlock implements FeatureBlock {
  readonly rows: number;
  readonly main: Tensor; // (rows + 1, decoder hidden)
  readonly deepstack: readonly Tensor[]; // each (rows + 1, decoder hidden)
  readonly #runtime: Pick<Runtime, 'read'>;

  constructor(runtime: Pick<Runtime, 'read'>, rows: number, main: Tensor, deepstack: readonly Tensor[]) {
    this.#runtime = runtime;
    this.rows = rows;
    this.main = main;
    this.deepstack = deepstack;
  }

  async read(): Promise<Float32Array[]> {
    const tables = await this.#runtime.read([this.main, ...this.deepstack]);
    return tables.map((data) => (data instanceof Uint16Array ? decodeF16(data) : (data as Float32Array)));
  }

  dispose(): void {
    for (const tensor of [this.main, ...this.deepstack]) tensor.dispose();
  }
}
