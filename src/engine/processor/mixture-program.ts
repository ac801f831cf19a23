// Appends a mixture layer to a program: the router, the grouping of rows by expert, the chosen experts' networks, and
// their weighted sum. Owns the memory that they need.

import type { MoeConfig } from '../../format/model-config.ts';
import { PANEL_ROWS } from '../../kernels/kernels.ts';
import type { LayerProgram, Operand, Preparation, Rows } from './layer-program.ts';
import type { ExpertMatrices, Matrix } from './weights.ts';
import type { MixtureNetwork } from './decoder-weights.ts';

/**
 * Addresses of rows grouped by expert: the number of rows in each group, and the row at each place; −1 marks an empty
 * place.
 */
export interface Groups {
  counts: number;
  order: number;
}

export class MixtureProgram {
  /** The groups of all experts. */
  readonly groups: Groups;
  readonly #layer: LayerProgram;
  readonly #experts: LayerProgram;
  readonly #moe: MoeConfig;
  readonly #hidden: number;
  readonly #normed: Rows;
  /** The logits of this layer's router, and of the routers of the layers ahead. */
  readonly #logits: readonly Rows[];
  readonly #best: number;
  readonly #shares: number;
  readonly #starts: number;
  readonly #weights: number;
  readonly #gathered: number;
  readonly #gateUp: Rows;
  readonly #results: Rows;
  readonly #owned: [at: number, bytes: number][] = [];

  /** `ahead`: the largest number of later layers whose routers `route` may also run. */
  constructor(layer: LayerProgram, moe: MoeConfig, hidden: number, maxRows: number, ahead = 0) {
    const { kernels } = layer;
    this.#layer = layer;
    this.#moe = moe;
    this.#hidden = hidden;
    const places = Math.max(moe.expertsPerToken, this.places(maxRows));
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
    this.#logits = Array.from({ length: 1 + ahead }, () => rows(maxRows, moe.experts));
    this.#best = allocate(4 * maxRows * moe.expertsPerToken);
    this.#shares = allocate(4 * maxRows * moe.expertsPerToken);
    this.#starts = allocate(4 * moe.experts);
    this.groups = { counts: allocate(4 * moe.experts), order: allocate(4 * places) };
    this.#weights = allocate(4 * places);
    this.#gathered = allocate(kernels.panelBytes(hidden, places));
    this.#gateUp = rows(places, 2 * moe.intermediateSize);
    this.#results = rows(places, hidden);
  }

  /**
   * Appends a whole mixture layer: the mixture of the prepared rows is added to y. The last row's experts are written
   * to `last`.
   */
  append({ router, experts }: MixtureNetwork, preparation: Preparation, y: Rows, last: number): void {
    const { rows } = preparation;
    this.route([router], preparation, last);
    const normed = this.normed(experts, preparation);
    this.run(experts, normed, rows, this.groups);
    this.combine(y);
  }

  /**
   * Appends the routers' products with the prepared rows, and the first router's choice of experts, which groups the
   * rows by expert. The last row's experts are written to `last`.
   */
  route(routers: readonly Matrix[], preparation: Preparation, last: number): void {
    const { rows } = preparation;
    const { experts, expertsPerToken: chosen } = this.#moe;
    const outputs = routers.map((matrix, i) => ({ matrix, y: this.#logits[i]! }));
    this.#layer.products(preparation, outputs);
    this.#layer.program.add('route', {
      ...{ rows, experts, chosen, unit: unitOf(rows), logits: this.#logits[0]!.at, best: this.#best },
      ...{ shares: this.#shares, starts: this.#starts, ...this.groups, weights: this.#weights, last },
    });
  }

  /**
   * Appends the preparation of the rows in the form that experts read. If there are several rows, the prepared rows are
   * also grouped by expert.
   */
  normed({ gateUp }: ExpertMatrices, preparation: Preparation): Operand {
    const { rows } = preparation;
    const x = this.#layer.prepared({ ...preparation, y: this.#normed }, gateUp);
    if (rows === 1 || gateUp.packedBits === 0) return { ...x, panels: 0 };
    this.#layer.program.add('gather', {
      ...{ experts: this.#moe.experts, columns: this.#hidden, starts: this.#starts, ...this.groups },
      ...{ panels: this.#gathered, packed: x.x, packedStride: x.xStride },
    });
    return { ...x, panels: this.#gathered };
  }

  /** Appends the networks of the experts in `groups`: all experts that `route` chose, or some of them. */
  run({ table, gateUp, down }: ExpertMatrices, x: Operand, rows: number, groups: Groups): void {
    const { program } = this.#layer;
    program.add('expertProduct', {
      ...this.#fields(gateUp, table, groups),
      ...{ order: this.groups.order, x: x.x, xStride: x.xStride, own: x.own, panels: x.panels },
      ...{ y: this.#gateUp.at, yStride: this.#gateUp.stride },
    });
    const inner = this.#experts.prepared(
      { step: 'swigluPairs', x: this.#gateUp, rows: this.places(rows) },
      down,
      { order: groups.order, single: rows === 1 },
    );
    program.add('expertProduct', {
      ...this.#fields(down, table, groups),
      ...{ x: inner.x, xStride: inner.xStride, own: inner.own, panels: inner.panels },
      ...{ y: this.#results.at, yStride: this.#results.stride },
    });
  }

  /**
   * Appends the sum over all experts that `route` chose, added to y. The order of the sum is always the same, whatever
   * the order in which the experts ran.
   */
  combine(y: Rows): void {
    this.#layer.program.add('combine', {
      ...{ experts: this.#moe.experts, columns: this.#hidden, starts: this.#starts, ...this.groups },
      ...{ weights: this.#weights, x: this.#results.at, xStride: this.#results.stride },
      ...{ y: y.at, yStride: y.stride },
    });
  }

  /** The logits (rows, experts) of router `i`. */
  logits(i: number, rows: number): Float32Array {
    return this.#layer.kernels.floats(this.#logits[i]!.at, rows * this.#moe.experts).slice();
  }

  /** The experts that `route` chose for each row. */
  chosen(rows: number): Uint16Array[] {
    const { expertsPerToken: k } = this.#moe;
    const best = this.#layer.kernels.ints(this.#best, rows * k);
    return Array.from({ length: rows }, (_, row) => Uint16Array.from(best.subarray(row * k, (row + 1) * k)));
  }

  /** The number of rows that `route` assigned to each expert. */
  counts(): Int32Array {
    return this.#layer.kernels.ints(this.groups.counts, this.#moe.experts).slice();
  }

  /** Writes the groups of the given experts to `into`, and leaves the other experts' groups empty. */
  select(experts: readonly number[], rows: number, into: Groups): void {
    const { kernels } = this.#layer;
    const read = ({ counts, order }: Groups) => ({
      counts: kernels.ints(counts, this.#moe.experts),
      order: kernels.ints(order, this.places(rows)),
    });
    const [all, own] = [read(this.groups), read(into)];
    const starts = kernels.ints(this.#starts, this.#moe.experts);
    own.counts.fill(0);
    own.order.fill(-1);
    for (const expert of experts) {
      const [start, count] = [starts[expert]!, all.counts[expert]!];
      own.counts[expert] = count;
      own.order.set(all.order.subarray(start, start + count), start);
    }
  }

  dispose(): void {
    for (const [at, bytes] of this.#owned.splice(0)) this.#layer.kernels.arena.free(at, bytes);
    this.#experts.dispose();
  }

  #fields({ kind, block, weights, scales, outputs, columns }: Matrix, table: number, { counts }: Groups) {
    const groups = { experts: this.#moe.experts, starts: this.#starts, counts };
    return { kind, block, table, weights, scales, outputs, columns, ...groups };
  }

  /** The largest number of places that rows grouped by expert take. */
  places(rows: number): number {
    return rows * this.#moe.expertsPerToken + (unitOf(rows) - 1) * this.#moe.experts;
  }
}

/** Each group begins at a multiple of this many places. */
function unitOf(rows: number): number {
  return rows === 1 ? 1 : PANEL_ROWS;
}
