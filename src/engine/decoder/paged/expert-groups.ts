// Runs the experts of one layer on the rows that were routed to them, a group of experts per run. The experts in slots
// run first, the others when they arrive, so that each expert is loaded once. Owns its sessions.

import type { ModelConfig } from '../../../format/model-config.ts';
import type { PackageStore } from '../../../format/package-store.ts';
import type { Target } from '../../../graph/emitted.ts';
import { expertGroupGraph, MOST_IN_GROUP } from '../../../graph/expert-group.ts';
import { EXPERT_GROUP } from '../../../graph/ports.ts';
import { slotParts } from '../../../graph/slots.ts';
import type { Place } from '../../../paging/expert-cache.ts';
import { feedsOf } from '../chunk-feeds.ts';
import type { Runtime, Session } from '../../runtime/runtime.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import type { ExpertPager } from './expert-pager.ts';
import type { ExpertSlots } from './expert-slots.ts';
import type { RoutedChunk } from './routed-chunk.ts';

/** The number of groups of experts that are read ahead of the group that computes. */
const GROUPS_AHEAD = 2;

export class ExpertGroups {
  readonly #runtime: Runtime;
  readonly #pager: ExpertPager<ExpertSlots>;
  /** By mixture layer; layers whose experts have the same format share one session. */
  readonly #sessions: Session[];
  readonly #perRun: number;

  private constructor(
    runtime: Runtime,
    pager: ExpertPager<ExpertSlots>,
    sessions: Session[],
    perRun: number,
  ) {
    this.#runtime = runtime;
    this.#pager = pager;
    this.#sessions = sessions;
    this.#perRun = perRun;
  }

  static async open(
    store: PackageStore,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
    pager: ExpertPager<ExpertSlots>,
  ): Promise<ExpertGroups> {
    const perRun = Math.min(MOST_IN_GROUP, pager.slots.perLayer);
    const byFormat = new Map<string, Session>();
    const sessions: Session[] = [];
    for (const { layer } of store.manifest.experts) {
      const { parts } = slotParts(store.manifest, layer);
      const format = JSON.stringify(
        parts.map(({ dtype, shape, quantization }) => [dtype, shape, quantization]),
      );
      const graph = expertGroupGraph(config, store.manifest, target, layer, perRun);
      const session = byFormat.get(format) ?? (await runtime.open(graph, []));
      byFormat.set(format, session);
      sessions.push(session);
    }
    return new ExpertGroups(runtime, pager, sessions, perRun);
  }

  /**
   * Takes normed (n, hidden) and returns the summed outputs of mixture layer `index`'s experts, f32 (n, hidden). When
   * it has requested all experts of this layer, it requests `guesses`, the likely experts of the next layers.
   */
  async run(
    index: number,
    normed: Tensor,
    { byExpert }: RoutedChunk,
    guesses: readonly ArrayLike<number>[],
    signal: AbortSignal | undefined,
  ): Promise<Tensor> {
    const pager = this.#pager;
    const isHeld = (expert: number): boolean => pager.isHeld(index, expert);
    // Experts in slots come first, before others can take their slots. The experts with the most rows come last, so
    // that they stay in their slots.
    const order = [...byExpert.keys()].sort(
      (a, b) =>
        Number(isHeld(b)) - Number(isHeld(a)) || byExpert.get(a)!.rows.length - byExpert.get(b)!.rows.length,
    );
    const asked = new Map<number, Promise<Uint8Array>>();
    const askUpTo = (end: number): void => {
      for (const expert of order.slice(0, end)) {
        if (!isHeld(expert) && !asked.has(expert)) asked.set(expert, pager.ask(index, expert));
      }
    };
    let mixed = this.#runtime.zeros('f32', normed.dims.slice());
    let before: Promise<void> = Promise.resolve();
    try {
      for (let at = 0; at < order.length; at += this.#perRun) {
        signal?.throwIfAborted();
        const end = at + (1 + GROUPS_AHEAD) * this.#perRun;
        askUpTo(end);
        if (end >= order.length) pager.guess(index, guesses);
        const group = order.slice(at, at + this.#perRun);
        const places = await pager.pageIn(index, group, asked);
        const next = await this.#runGroup(index, normed, mixed, group, places, byExpert);
        pager.release(index, places);
        mixed.dispose();
        mixed = next;
        // Bytes written to the device wait in memory until the device processes them; waiting for the previous group
        // limits that memory.
        await before;
        before = this.#runtime.settled();
      }
      return mixed;
    } catch (error) {
      mixed.dispose();
      throw error;
    }
  }

  async release(): Promise<void> {
    for (const session of new Set(this.#sessions)) await session.release();
  }

  async #runGroup(
    index: number,
    normed: Tensor,
    mixed: Tensor,
    group: readonly number[],
    places: readonly Place[],
    byExpert: RoutedChunk['byExpert'],
  ): Promise<Tensor> {
    const { tensor } = this.#runtime;
    // The graph takes exactly `#perRun` experts. If the group is smaller, the missing ones compute row 0 with a share
    // of 0.
    const idle = Array.from({ length: this.#perRun - group.length }, () => 0);
    const loads = group.map((expert) => byExpert.get(expert)!);
    const slots = [...places.map(({ slot }) => slot), ...idle.map(() => places[0]!.slot)];
    const rows = [...loads.flatMap((load) => load.rows), ...idle];
    const shares = [...loads.flatMap((load) => load.shares), ...idle];
    const counts = [...loads.map((load) => load.rows.length), ...idle.map(() => 1)];
    const session = this.#sessions[index]!;
    const feeds = {
      [EXPERT_GROUP.normed]: normed,
      [EXPERT_GROUP.mixed]: mixed,
      ...this.#pager.slots.feeds(index),
      [EXPERT_GROUP.chosen]: tensor('int32', Int32Array.from(slots), [slots.length]),
      [EXPERT_GROUP.rows]: tensor('int64', BigInt64Array.from(rows, BigInt), [rows.length]),
      [EXPERT_GROUP.shares]: tensor('float32', Float32Array.from(shares), [rows.length, 1]),
      [EXPERT_GROUP.counts]: tensor('int64', BigInt64Array.from(counts, BigInt), [counts.length]),
    };
    this.#pager.check(index, places);
    const { nextMixed } = EXPERT_GROUP;
    return (await session.run(feedsOf(feeds, session), { [nextMixed]: null }))[nextMixed]!;
  }
}
