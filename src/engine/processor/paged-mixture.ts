// Runs a mixture layer whose experts are paged: routes its rows, requests the missing experts, and runs a few experts
// at a time, so that some are read while others compute. The experts in slots run first, the others when they arrive.

import type { MoeConfig } from '../../format/model-config.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Place } from '../../paging/expert-cache.ts';
import { guessedPerLayer } from '../../paging/look-ahead.ts';
import type { ExpertPager } from '../decoder/paged/expert-pager.ts';
import type { OnRouting } from '../decoder/paged/mixture-stage.ts';
import { guessedExperts } from '../decoder/paged/routed-chunk.ts';
import { chooseExperts } from '../decoder/routing.ts';
import type { MixtureNetwork } from './decoder-weights.ts';
import { eventLoopTurn } from './event-loop-turn.ts';
import type { ProcessorSlots } from './expert-slots.ts';
import type { LayerProgram, Operand, Preparation, Rows } from './layer-program.ts';
import { MixtureProgram, type Groups } from './mixture-program.ts';

/**
 * Experts per run. The number is small, so that some experts compute while the next ones are read; it is more than one,
 * because each run has to wake the threads.
 */
const EXPERTS_PER_RUN = 4;
/** The number of runs ahead for which experts are requested; the experts' bytes wait in JavaScript's memory. */
const RUNS_AHEAD = 5;

export interface PagedMixtureOptions {
  moe: MoeConfig;
  hidden: number;
  maxRows: number;
  /** How many layers ahead to guess. */
  lookAhead: number;
  onRouting: OnRouting | undefined;
}

export class PagedMixture {
  /** Milliseconds of computing since the caller set it to 0. */
  computeMs = 0;
  readonly #layer: LayerProgram;
  readonly #kernels: Kernels;
  readonly #pager: ExpertPager<ProcessorSlots>;
  /** The networks of the mixture layers. */
  readonly #networks: readonly MixtureNetwork[];
  readonly #options: PagedMixtureOptions;
  readonly #program: MixtureProgram;
  /** The groups of the experts in the current run. */
  readonly #running: Groups;
  readonly #runningBytes: number;

  constructor(
    layer: LayerProgram,
    pager: ExpertPager<ProcessorSlots>,
    networks: readonly MixtureNetwork[],
    options: PagedMixtureOptions,
  ) {
    const { moe, hidden, maxRows, lookAhead } = options;
    this.#layer = layer;
    this.#kernels = layer.kernels;
    this.#pager = pager;
    this.#networks = networks;
    this.#options = options;
    this.#program = new MixtureProgram(layer, moe, hidden, maxRows, lookAhead);
    this.#runningBytes = 4 * (moe.experts + this.#program.places(maxRows));
    const counts = this.#kernels.arena.allocate(this.#runningBytes);
    this.#running = { counts, order: counts + 4 * moe.experts };
  }

  /**
   * Runs the program up to mixture layer `index`, and that layer's experts. Then appends the sum of their results,
   * which is added to y. The last row's experts are written to `last`.
   */
  async append(
    index: number,
    preparation: Preparation,
    y: Rows,
    last: number,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { rows } = preparation;
    const { experts } = this.#networks[index]!;
    // With many rows, the experts of one layer already keep the reader busy.
    const far = rows === 1 ? this.#options.lookAhead : Math.min(1, this.#options.lookAhead);
    const routers = this.#networks.slice(index, index + 1 + far).map(({ router }) => router);
    this.#program.route(routers, preparation, last);
    const x = this.#program.normed(experts, preparation);
    this.run();
    const chosen = this.#program.chosen(rows);
    const guesses = this.#guesses(routers.length - 1, rows);
    this.#options.onRouting?.(index, chosen, rows === 1 ? guesses : []);
    this.#pager.use(index, chosen);
    await this.#runExperts(index, x, chosen, guesses, signal);
    this.#program.combine(y);
  }

  /** Runs the operations that were appended to the program. */
  run(): void {
    const start = performance.now();
    this.#layer.run();
    this.computeMs += performance.now() - start;
  }

  dispose(): void {
    this.#program.dispose();
    this.#kernels.arena.free(this.#running.counts, this.#runningBytes);
  }

  /** The guessed experts of each layer ahead, the likeliest first. */
  #guesses(layers: number, rows: number): Uint16Array[] {
    const { experts, expertsPerToken } = this.#options.moe;
    return Array.from({ length: layers }, (_, i) => {
      const logits = this.#program.logits(1 + i, rows);
      return rows === 1
        ? chooseExperts(logits, guessedPerLayer(expertsPerToken, experts))
        : Uint16Array.from(guessedExperts(logits, experts, expertsPerToken));
    });
  }

  async #runExperts(
    index: number,
    x: Operand,
    chosen: readonly Uint16Array[],
    guesses: readonly Uint16Array[],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const pager = this.#pager;
    const runs = this.#runs(index, chosen);
    const asked = new Map<number, Promise<Uint8Array>>();
    // If all chosen experts fit in the slots, each keeps its slot until the layer is done, as in the simulator.
    const keeps = runs.flat().length <= pager.slots.perLayer;
    const kept: Place[] = [];
    try {
      for (const [at, group] of runs.entries()) {
        for (const expert of runs.slice(at, at + 1 + RUNS_AHEAD).flat()) {
          if (!pager.isHeld(index, expert) && !asked.has(expert)) asked.set(expert, pager.ask(index, expert));
        }
        if (at + 1 + RUNS_AHEAD >= runs.length) pager.guess(index, guesses);
        // In one turn of the event loop, reads that have arrived start the next ones, and a stop can arrive.
        await eventLoopTurn();
        signal?.throwIfAborted();
        const places = await pager.pageIn(index, group, asked);
        kept.push(...places);
        this.#runGroup(index, x, chosen.length, places);
        if (!keeps) pager.release(index, kept.splice(0));
      }
    } catch (error) {
      // Guesses may have failed, too, and the next answer must not get their failures.
      pager.guess(this.#networks.length - 1, []);
      pager.drop(asked);
      throw error;
    } finally {
      pager.release(index, kept);
    }
  }

  /**
   * The experts of each run: first those in slots, before others can take the slots. In both parts, the experts with
   * the most rows come last, so that they stay in their slots.
   */
  #runs(index: number, chosen: readonly Uint16Array[]): number[][] {
    const counts = this.#program.counts();
    const wanted = [...new Set(chosen.flatMap((experts) => [...experts]))];
    wanted.sort((a, b) => counts[a]! - counts[b]!);
    const isHeld = (expert: number): boolean => this.#pager.isHeld(index, expert);
    const perRun = Math.min(EXPERTS_PER_RUN, this.#pager.slots.perLayer);
    const runs: number[][] = [];
    for (const part of [wanted.filter(isHeld), wanted.filter((expert) => !isHeld(expert))]) {
      for (let at = 0; at < part.length; at += perRun) runs.push(part.slice(at, at + perRun));
    }
    return runs;
  }

  #runGroup(index: number, x: Operand, rows: number, places: readonly Place[]): void {
    const { experts } = this.#networks[index]!;
    const table = this.#kernels.ints(experts.table, this.#options.moe.experts);
    for (const { expert, slot } of places) table[expert] = this.#pager.slots.address(index, slot);
    const group = places.map(({ expert }) => expert);
    this.#program.select(group, rows, this.#running);
    this.#program.run(experts, x, rows, this.#running);
    this.#pager.check(index, places);
    this.run();
  }
}
