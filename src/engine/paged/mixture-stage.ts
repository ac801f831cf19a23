// What happens between two segments: the router's choice is read, its experts are brought in, and the
// next segment is told where they lie (one row) or what they put out (more rows).

import type { MoeConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';
import { routerOutput } from '../../graph/mixture.ts';
import { NO_LOGIT, SEGMENT } from '../../graph/segments.ts';
import { chooseExperts, floatsOf } from '../routing.ts';
import type { Feeds, Runtime, Tensor } from '../runtime.ts';
import type { ExpertGroups } from './expert-groups.ts';
import type { ExpertPager } from './expert-pager.ts';
import { guessedExperts, routeChunk } from './routed-chunk.ts';

/** More than these are not held in memory for a layer that has not been reached. */
const MOST_GUESSES = 24;

/** What one segment leaves to the next. */
export interface Handover {
  feeds: Feeds;
  /** Fails with 'bug' where an expert has lost its slot. */
  check(): void;
  /** After the run that took the feeds. */
  dispose(): void;
}

export interface StageOptions {
  /** By mixture layer: whether a single row runs within the next segment. */
  inSegment: readonly boolean[];
  lookAhead: boolean;
  precision: Precision;
  /** Tells whoever records a trace: the experts of mixture layer `index`, and a guess of the next one's. */
  onRouting?: OnRouting | undefined;
}

/** `chosen`: the last row's experts; `guessed`: as many of layer `index` + 1. */
export type OnRouting = (index: number, chosen: Uint16Array, guessed: Uint16Array | undefined) => void;

export class MixtureStage {
  readonly #runtime: Runtime;
  readonly #pager: ExpertPager;
  readonly #groups: ExpertGroups;
  readonly #moe: MoeConfig;
  readonly #options: StageOptions;
  /** Zero rows: one that no expert sees, a sum of nothing. */
  readonly #noRow: Tensor;
  readonly #nothing: Tensor;

  constructor(
    runtime: Runtime,
    pager: ExpertPager,
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

  /** The outputs of segment `index` that this stage takes and disposes of. */
  outputs(index: number): string[] {
    const { nextResidual, nextNormed, ahead } = SEGMENT;
    const router = routerOutput(this.#moe.layers[index]!);
    const guesses = this.#options.lookAhead && index + 1 < this.#moe.layers.length;
    return [nextResidual, nextNormed, router, ...(guesses ? [ahead] : [])];
  }

  /** `results` of segment `index` → the last row's router logits, and what the next segment is given. */
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
      const { logits, ahead } = await this.#readRouting(index, results);
      const computeMs = performance.now() - start;
      this.#tellRouting(index, logits, ahead);
      const isRow = normed.dims[0] === 1 && this.#options.inSegment[index] === true;
      const handover = isRow
        ? await this.#bringForRow(index, logits, ahead, residual, normed)
        : await this.#runGroups(index, logits, ahead, residual, normed, signal);
      return { lastLogits: logits.slice(-this.#moe.experts), computeMs, handover };
    } catch (error) {
      for (const name of this.outputs(index)) results[name]!.dispose();
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
  ): Promise<{ logits: Float32Array; ahead: Float32Array | undefined }> {
    const names = this.outputs(index).slice(2);
    const tensors = names.map((name) => results[name]!);
    const [logits, ahead] = (await this.#runtime.read(tensors)).map(floatsOf);
    for (const tensor of tensors) tensor.dispose();
    return { logits: logits!, ahead };
  }

  #tellRouting(index: number, logits: Float32Array, ahead: Float32Array | undefined): void {
    const { onRouting } = this.#options;
    const { experts, expertsPerToken } = this.#moe;
    const chosen = (rows: Float32Array): Uint16Array => chooseExperts(rows.slice(-experts), expertsPerToken);
    onRouting?.(index, chosen(logits), ahead && chosen(ahead));
  }

  /** One row: its experts run in the next segment, out of their slots. */
  async #bringForRow(
    index: number,
    logits: Float32Array,
    ahead: Float32Array | undefined,
    residual: Tensor,
    normed: Tensor,
  ): Promise<Handover> {
    const pager = this.#pager;
    const { expertsPerToken } = this.#moe;
    const chosen = chooseExperts(logits, expertsPerToken);
    pager.use(index, [chosen]);
    const bringing = pager.bring(index, chosen);
    if (ahead !== undefined) pager.guess(index + 1, chooseExperts(ahead, expertsPerToken));
    const places = await bringing;
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

  /** More rows, or experts that only plain operators take: they run here, some at a time. */
  async #runGroups(
    index: number,
    logits: Float32Array,
    ahead: Float32Array | undefined,
    residual: Tensor,
    normed: Tensor,
    signal: AbortSignal | undefined,
  ): Promise<Handover> {
    const { experts, expertsPerToken } = this.#moe;
    const routed = routeChunk(logits, experts, expertsPerToken);
    this.#pager.use(index, routed.chosen);
    const mixed = await this.#groups.run(index, normed, routed, signal);
    normed.dispose();
    if (ahead !== undefined) {
      this.#pager.guess(index + 1, guessedExperts(ahead, experts, expertsPerToken).slice(0, MOST_GUESSES));
    }
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
