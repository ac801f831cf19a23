// The step between two segments: reads the router's choice, loads the chosen experts, and gives the next
// segment either their slots (one row) or their output (several rows).

import type { MoeConfig } from '../../../format/model-config.ts';
import type { Precision } from '../../../graph/emitted.ts';
import { routerOutput } from '../../../graph/mixture.ts';
import { aheadOutput, NO_LOGIT, SEGMENT } from '../../../graph/segments.ts';
import { guessedPerLayer } from '../../../paging/look-ahead.ts';
import { chooseExperts, floatsOf } from '../routing.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Feeds, Tensor } from '../../runtime/tensor.ts';
import type { ExpertGroups } from './expert-groups.ts';
import type { ExpertPager } from './expert-pager.ts';
import type { ExpertSlots } from './expert-slots.ts';
import { guessedExperts, routeChunk } from './routed-chunk.ts';

/** The inputs of the next segment. */
export interface Handover {
  feeds: Feeds;
  /** Fails with 'bug' if an expert has lost its slot. */
  check(): void;
  /** Call it after the run that took the feeds. */
  dispose(): void;
}

export interface StageOptions {
  /** For each mixture layer: whether the next segment itself runs the experts of a chunk of one row. */
  inSegment: readonly boolean[];
  /** The number of layers ahead for which to guess experts. */
  lookAhead: number;
  precision: Precision;
  /** Called with the experts of mixture layer `index` and the guesses for the layers after it, for recording traces. */
  onRouting?: OnRouting | undefined;
}

/**
 * `chosen`: each row's experts. `guesses[i]`: the likeliest experts of layer `index` + 1 + i; `guesses` is empty unless
 * a single row runs in the next segment.
 */
export type OnRouting = (
  index: number,
  chosen: readonly Uint16Array[],
  guesses: readonly Uint16Array[],
) => void;

export class MixtureStage {
  readonly #runtime: Runtime;
  readonly #pager: ExpertPager<ExpertSlots>;
  readonly #groups: ExpertGroups;
  readonly #moe: MoeConfig;
  readonly #options: StageOptions;
  /**
   * Tensors of zeros. `#noRow` is the input SEGMENT.row of a segment that runs no expert; `#nothing` is the input
   * SEGMENT.mixed if no expert ran before the segment.
   */
  readonly #noRow: Tensor;
  readonly #nothing: Tensor;

  constructor(
    runtime: Runtime,
    pager: ExpertPager<ExpertSlots>,
    groups: ExpertGroups,
    moe: MoeConfig,
    hidden: number,
    options: StageOptions,
  ) {
    this.#runtime = runtime;
    this.#pager = pager;
    this.#groups = groups;
    this.#moe = moe;
    this.#options = options;
    this.#noRow = runtime.zeros(options.precision, [1, hidden]);
    this.#nothing = runtime.zeros('f32', [1, hidden]);
  }

  /** The outputs of segment `index` for this number of rows; this stage takes them over and disposes of them. */
  outputs(index: number, rows: number): string[] {
    const { nextResidual, nextNormed } = SEGMENT;
    const router = routerOutput(this.#moe.layers[index]!);
    // With many rows, the experts of one layer already keep the reader busy.
    const far = Math.min(this.#options.lookAhead, rows === 1 ? Infinity : 1);
    const layers = Math.min(far, this.#moe.layers.length - 1 - index);
    return [
      nextResidual,
      nextNormed,
      router,
      ...Array.from({ length: layers }, (_, i) => aheadOutput(1 + i)),
    ];
  }

  /**
   * Takes the `results` of segment `index`; returns the last row's router logits and the inputs of the next
   * segment.
   */
  async next(
    index: number,
    results: Feeds,
    signal: AbortSignal | undefined,
  ): Promise<{ lastLogits: Float32Array; computeMs: number; handover: Handover }> {
    const residual = results[SEGMENT.nextResidual]!;
    const normed = results[SEGMENT.nextNormed]!;
    try {
      signal?.throwIfAborted();
      const start = performance.now();
      const { logits, ahead } = await this.#readRouting(index, results, normed.dims[0]!);
      const computeMs = performance.now() - start;
      const isRow = normed.dims[0] === 1 && this.#options.inSegment[index] === true;
      const handover = isRow
        ? await this.#pageInForRow(index, logits, ahead, residual, normed)
        : await this.#runGroups(index, logits, ahead, residual, normed, signal);
      return { lastLogits: logits.slice(-this.#moe.experts), computeMs, handover };
    } catch (error) {
      for (const name of this.outputs(index, normed.dims[0]!)) results[name]!.dispose();
      throw error;
    }
  }

  dispose(): void {
    this.#noRow.dispose();
    this.#nothing.dispose();
  }

  async #readRouting(
    index: number,
    results: Feeds,
    rows: number,
  ): Promise<{ logits: Float32Array; ahead: Float32Array[] }> {
    const names = this.outputs(index, rows).slice(2);
    const tensors = names.map((name) => results[name]!);
    const [logits, ...ahead] = (await this.#runtime.read(tensors)).map(floatsOf);
    for (const tensor of tensors) tensor.dispose();
    return { logits: logits!, ahead };
  }

  /** Prepares the run of a single row: the next segment computes the row's experts directly from their slots. */
  async #pageInForRow(
    index: number,
    logits: Float32Array,
    ahead: readonly Float32Array[],
    residual: Tensor,
    normed: Tensor,
  ): Promise<Handover> {
    const pager = this.#pager;
    const { experts, expertsPerToken } = this.#moe;
    const chosen = chooseExperts(logits, expertsPerToken);
    const perGuess = guessedPerLayer(expertsPerToken, experts);
    const guesses = ahead.map((guess) => chooseExperts(guess, perGuess));
    this.#options.onRouting?.(index, [chosen], guesses);
    pager.use(index, [chosen]);
    const pagingIn = pager.pageIn(index, chosen);
    pager.guess(index, guesses);
    const places = await pagingIn;
    const slotLogits = this.#noChoice();
    for (const { expert, slot } of places) slotLogits[slot] = logits[expert]!;
    return {
      feeds: {
        ...this.#feeds(index, residual, slotLogits),
        [SEGMENT.row]: normed,
        [SEGMENT.mixed]: this.#nothing,
      },
      check: () => pager.check(index, places),
      dispose: () => {
        pager.release(index, places);
        residual.dispose();
        normed.dispose();
      },
    };
  }

  /** Runs the experts here, a group at a time: for several rows, and for experts that only plain operators can run. */
  async #runGroups(
    index: number,
    logits: Float32Array,
    ahead: readonly Float32Array[],
    residual: Tensor,
    normed: Tensor,
    signal: AbortSignal | undefined,
  ): Promise<Handover> {
    const { experts, expertsPerToken } = this.#moe;
    const routed = routeChunk(logits, experts, expertsPerToken);
    this.#options.onRouting?.(index, routed.chosen, []);
    this.#pager.use(index, routed.chosen);
    const guesses = ahead.map((guess) => guessedExperts(guess, experts, expertsPerToken));
    const mixed = await this.#groups.run(index, normed, routed, guesses, signal);
    normed.dispose();
    return {
      feeds: {
        ...this.#feeds(index, residual, this.#noChoice()),
        [SEGMENT.row]: this.#noRow,
        [SEGMENT.mixed]: mixed,
      },
      check: () => undefined,
      dispose: () => {
        residual.dispose();
        mixed.dispose();
      },
    };
  }

  #feeds(index: number, residual: Tensor, slotLogits: Float32Array): Feeds {
    return {
      ...this.#pager.slots.feeds(index),
      [SEGMENT.residual]: residual,
      [SEGMENT.slotLogits]: this.#runtime.tensor('float32', slotLogits, [1, slotLogits.length]),
    };
  }

  #noChoice(): Float32Array {
    return new Float32Array(this.#pager.slots.perLayer).fill(NO_LOGIT[this.#options.precision]);
  }
}
