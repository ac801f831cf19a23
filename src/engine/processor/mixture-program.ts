// Appends a mixture layer to a program: the router, the grouping of rows by expert, the chosen experts' networks, and
// their weighted sum. Owns the memory that they need.

import type { MoeConfig } from '../../format/model-config.ts';
import { PANEL_ROWS, type Kernels } from '../../kernels/kernels.ts';
import type { LayerProgram, Preparation, Rows } from './layer-program.ts';
import type { Matrix } from './weights.ts';
import type { MixtureNetwork } from './decoder-weights.ts';

export class MixtureProgram {
  readonly #layer: LayerProgram;
  readonly #experts: LayerProgram;
  readonly #moe: MoeConfig;
  readonly #hidden: number;
  readonly #normed: Rows;
  readonly #logits: Rows;
  readonly #best: number;
  readonly #shares: number;
  readonly #starts: number;
  readonly #counts: number;
  readonly #order: number;
  readonly #weights: number;
  readonly #gathered: number;
  readonly #gateUp: Rows;
  readonly #results: Rows;
  readonly #owned: [at: number, bytes: number][] = [];

  constructor(layer: LayerProgram, moe: MoeConfig, hidden: number, maxRows: number) {
    const { kernels } = layer;
    this.#layer = layer;
    this.#moe = moe;
    this.#hidden = hidden;
    const places = Math.max(moe.expertsPerToken, this.#places(maxRows, PANEL_ROWS));
    this.#experts = layer.beside(places, moe.intermediateSize);
    const allocate = (bytes: number): number => {
      const at = kernels.arena.allocate(bytes);
      this.#owned.push([at, bytes]);
      return at;
    };
    const rows = (count: number, columns: number): Rows => ({
      at: allocate(4 * count * columns),
      stride: 4 * columns,
    });
    this.#normed = rows(maxRows, hidden);
    this.#logits = rows(maxRows, moe.experts);
    this.#best = allocate(4 * maxRows * moe.expertsPerToken);
    this.#shares = allocate(4 * maxRows * moe.expertsPerToken);
    this.#starts = allocate(4 * moe.experts);
    this.#counts = allocate(4 * moe.experts);
    this.#order = allocate(4 * places);
    this.#weights = allocate(4 * places);
    this.#gathered = allocate(kernels.panelBytes(hidden, places));
    this.#gateUp = rows(places, 2 * moe.intermediateSize);
    this.#results = rows(places, hidden);
  }

  /** Adds the mixture of the prepared rows to y. The last row's experts are written to `last`. */
  append({ router, experts }: MixtureNetwork, preparation: Preparation, y: Rows, last: number): void {
    const { rows } = preparation;
    const { experts: count, expertsPerToken: chosen } = this.#moe;
    const { program } = this.#layer;
    const single = rows === 1;
    const unit = single ? 1 : PANEL_ROWS;
    const groups = { starts: this.#starts, counts: this.#counts };
    const order = this.#order;
    this.#layer.products(preparation, [{ matrix: router, y: this.#logits }]);
    program.add('route', {
      ...{ rows, experts: count, chosen, unit, logits: this.#logits.at, best: this.#best },
      ...{ shares: this.#shares, ...groups, order, weights: this.#weights, last },
    });
    const x = this.#layer.prepared({ ...preparation, y: this.#normed }, experts.gateUp);
    const { packedBits } = experts.gateUp;
    const panels = single || packedBits === 0 ? 0 : this.#gathered;
    if (panels !== 0) {
      program.add('gather', {
        ...{ experts: count, columns: this.#hidden, ...groups, order, panels },
        ...{ packed: x.x, packedStride: x.xStride },
      });
    }
    program.add('expertProduct', {
      ...this.#fields(experts.gateUp, experts.table),
      ...{ order, x: x.x, xStride: x.xStride, own: x.own, panels },
      ...{ y: this.#gateUp.at, yStride: this.#gateUp.stride },
    });
    const inner = this.#experts.prepared(
      { step: 'swigluPairs', x: this.#gateUp, rows: this.#places(rows, unit) },
      experts.down,
      { order, single },
    );
    program.add('expertProduct', {
      ...this.#fields(experts.down, experts.table),
      ...{ x: inner.x, xStride: inner.xStride, own: inner.own, panels: inner.panels },
      ...{ y: this.#results.at, yStride: this.#results.stride },
    });
    program.add('combine', {
      ...{ experts: count, columns: this.#hidden, ...groups, order, weights: this.#weights },
      ...{ x: this.#results.at, xStride: this.#results.stride, y: y.at, yStride: y.stride },
    });
  }

  dispose(kernels: Kernels): void {
    for (const [at, bytes] of this.#owned.splice(0)) kernels.arena.free(at, bytes);
    this.#experts.dispose();
  }

  #fields({ kind, block, weights, scales, outputs, columns }: Matrix, table: number) {
    const groups = { experts: this.#moe.experts, starts: this.#starts, counts: this.#counts };
    return { kind, block, table, weights, scales, outputs, columns, ...groups };
  }

  /** The most places that rows grouped by expert take, if each group begins at a multiple of `unit`. */
  #places(rows: number, unit: number): number {
    return rows * this.#moe.expertsPerToken + (unit - 1) * this.#moe.experts;
  }
}
