// Appends a layer's matrix products to a program. The format of the weights determines the form of the rows: f32, or
// packed for weights of 4 or 8 bits. Owns the scratch memory for prepared rows.

import { PANEL_ROWS, type Kernels } from '../../kernels/kernels.ts';
import { Program, STEPS } from '../../kernels/operations.ts';
import type { Matrix, MatrixForm } from './weights.ts';

/** f32 rows in the kernels' memory. */
export interface Rows {
  at: number;
  /** Bytes from one row to the next. */
  stride: number;
}

/** The computation on each row before it is multiplied. */
export interface Preparation {
  step: keyof typeof STEPS;
  x: Rows;
  rows: number;
  gain?: number;
  bias?: number;
  epsilon?: number;
  /** If given, the prepared rows are also written here, in f32. */
  y?: Rows;
}

export interface Output {
  matrix: Matrix;
  y: Rows;
  bias?: number;
  /** Whether the product is added to y. */
  add?: boolean;
}

/** Prepared rows, in the form that products with matrices of one format read. */
export interface Operand {
  x: number;
  xStride: number;
  own: number;
  panels: number;
}

export class LayerProgram {
  readonly kernels: Kernels;
  readonly #maxRows: number;
  readonly #columns: number;
  readonly #packed: number;
  readonly #panels: number;
  readonly #floats: number;
  /** Shared with the objects that `beside` returns. */
  readonly #current: { program: Program };

  /** Reserves scratch memory for products of at most `maxRows` rows with at most `columns` columns. */
  constructor(kernels: Kernels, maxRows: number, columns: number, current = { program: new Program() }) {
    this.kernels = kernels;
    this.#current = current;
    this.#maxRows = Math.ceil(Math.max(maxRows, kernels.threads) / PANEL_ROWS) * PANEL_ROWS;
    this.#columns = columns;
    this.#packed = kernels.arena.allocate(this.#packedBytes);
    this.#panels = kernels.arena.allocate(kernels.panelBytes(columns, this.#maxRows));
    this.#floats = kernels.arena.allocate(4 * columns * this.#maxRows);
    kernels.reserveSpare(spareBytes(columns));
  }

  get program(): Program {
    return this.#current.program;
  }

  /** Begins a new program. */
  begin(): void {
    this.#current.program = new Program();
  }

  /** Runs the appended operations, and begins a new program. */
  run(): void {
    this.kernels.run(this.program);
    this.begin();
  }

  /** Returns an object that appends to the same program but has its own scratch memory. */
  beside(maxRows: number, columns: number): LayerProgram {
    return new LayerProgram(this.kernels, maxRows, columns, this.#current);
  }

  /** Appends the preparation of rows, and their products with the matrices in `outputs`. */
  products(preparation: Preparation, outputs: readonly Output[]): void {
    const forms = [...new Set(outputs.map(({ matrix }) => matrix.packedBits))];
    for (const bits of forms) {
      const own = outputs.filter(({ matrix }) => matrix.packedBits === bits);
      const operand = this.prepared(preparation, own[0]!.matrix);
      for (const [i, { matrix, y, bias = 0, add = false }] of own.entries()) {
        const { kind, block, weights, scales, columns } = matrix;
        const fields = {
          ...{ kind, block, weights, scales, outputs: matrix.outputs, columns, rows: preparation.rows },
          ...operand,
          ...{ y: y.at, yStride: y.stride, bias, add: add ? 1 : 0 },
        };
        // The products of one operand write to different places, so the threads need to wait only once, after the last
        // product.
        if (i === own.length - 1) this.program.add('product', fields);
        else this.program.addUnwaited('product', fields);
      }
    }
  }

  /** Appends only the preparation of rows, for products with matrices of the given format. */
  prepared(
    { step, x, rows, gain = 0, bias = 0, epsilon = 0, y }: Preparation,
    { columns, packedBits: bits }: Pick<MatrixForm, 'columns' | 'packedBits'>,
    list: { order: number; single: boolean } = { order: 0, single: rows === 1 },
  ): Operand {
    const packedStride = this.kernels.packedBytes(columns);
    // Each thread prepares a single row for itself, because waiting for another thread would take longer.
    const own = list.single ? packedStride * rows : 0;
    const isBare = step === 'none' && bits === 0;
    const result = y ?? (bits === 0 ? { at: this.#floats, stride: 4 * columns } : { at: 0, stride: 0 });
    if (!isBare) {
      const fields = {
        ...{ step: STEPS[step], rows, columns, x: x.at, xStride: x.stride, gain, bias, epsilon },
        ...{ y: result.at, yStride: result.stride, bits, packed: this.#packed, packedStride, own },
        ...{ panels: list.single ? 0 : this.#panels, order: list.order },
      };
      if (list.single) this.program.addUnwaited('prepare', fields);
      else this.program.add('prepare', fields);
    }
    if (isBare) return { x: x.at, xStride: x.stride, own: 0, panels: 0 };
    if (bits === 0) return { x: result.at, xStride: result.stride, own: 0, panels: 0 };
    return { x: this.#packed, xStride: packedStride, own, panels: list.single ? 0 : this.#panels };
  }

  dispose(): void {
    const { arena } = this.kernels;
    arena.free(this.#packed, this.#packedBytes);
    arena.free(this.#panels, this.kernels.panelBytes(this.#columns, this.#maxRows));
    arena.free(this.#floats, 4 * this.#columns * this.#maxRows);
  }

  get #packedBytes(): number {
    return this.kernels.packedBytes(this.#columns) * this.#maxRows;
  }
}

/** Scratch memory of a thread: two unpacked rows of weights, or one prepared row and the numbers of its last block. */
function spareBytes(columns: number): number {
  return 2 * 4 * (columns + 4) + 128;
}

/** Attention's scratch memory per thread: two tiles of 32 positions, their scores, and the sums of 32 rows' queries. */
export function attentionSpare(width: number, group: number): number {
  return 2 * 32 * width * 4 + 2 * 32 * 4 + 2 * 4 * 32 * group;
}
