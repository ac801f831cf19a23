// The decoder that pages experts. All other weights lie on the device, and the graph is cut into segments at
// the routers. Each token costs one run and one small read-back per mixture layer, and a wait for the store
// if experts are missing. Owns the sessions, the cache and the slots.

import type { PagingReport } from '../../../contract/answer.ts';
import { fail } from '../../../failure.ts';
import type { ModelConfig } from '../../../format/model-config.ts';
import type { PackageStore } from '../../../format/package-store.ts';
import type { EmittedGraph, Target } from '../../../graph/emitted.ts';
import { TEXT } from '../../../graph/ports.ts';
import { segmentGraphs } from '../../../graph/segments.ts';
import { slotParts } from '../../../graph/slots.ts';
import { LOOK_AHEAD } from '../../../paging/look-ahead.ts';
import { logitOutputs, readLogits } from '../read-logits.ts';
import { chunkFeeds, feedsOf } from '../chunk-feeds.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from '../decoder.ts';
import { KvCache } from '../kv-cache.ts';
import { loadWeights } from '../../runtime/load-weights.ts';
import { routedExperts } from '../routing.ts';
import type { Runtime, Session } from '../../runtime/runtime.ts';
import type { Feeds, Tensor } from '../../runtime/tensor.ts';
import { ExpertGroups } from './expert-groups.ts';
import { BESIDE_A_DEVICE, BETWEEN_RUNS } from './expert-reads.ts';
import { ExpertPager } from './expert-pager.ts';
import { ExpertSlots } from './expert-slots.ts';
import { MixtureStage, type Handover, type OnRouting } from './mixture-stage.ts';

/**
 * Tokens per chunk. A long chunk loads each expert once for many tokens, but the device must have memory for attention
 * over the chunk.
 */
const PREFILL_CHUNK = 512;

export interface PagedOptions {
  /**
   * The memory budget for expert slots on the device, in bytes, over all layers. If it holds too few slots, the decoder
   * takes the fewest that work.
   */
  budgetBytes: number;
  /** For how many layers ahead to read likely experts; 0 for none. If omitted, LOOK_AHEAD. */
  lookAhead?: number | undefined;
  onRouting?: OnRouting | undefined;
}

export class PagedDecoder implements Decoder {
  readonly maxChunk = PREFILL_CHUNK;
  readonly #segments: readonly Session[];
  readonly #stage: MixtureStage;
  readonly #pager: ExpertPager<ExpertSlots>;
  readonly #groups: ExpertGroups;
  readonly #runtime: Runtime;
  readonly #config: ModelConfig;
  readonly #cache: KvCache;
  /** One zero row: the features of a chunk without pictures. */
  readonly #noFeatures: Tensor;
  #logits: Tensor | undefined;
  #report: PagingReport | undefined;

  private constructor(
    segments: readonly Session[],
    stage: MixtureStage,
    pager: ExpertPager<ExpertSlots>,
    groups: ExpertGroups,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
  ) {
    this.#segments = segments;
    this.#stage = stage;
    this.#pager = pager;
    this.#groups = groups;
    this.#runtime = runtime;
    this.#config = config;
    this.#cache = new KvCache(runtime, config.text, target.precision);
    this.#noFeatures = runtime.zeros(target.precision, [1, config.text.hiddenSize]);
  }

  /** Fails with 'out-of-memory' if the device cannot hold even the fewest slots. */
  static async open(
    store: PackageStore,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
    { budgetBytes, lookAhead = LOOK_AHEAD, onRouting }: PagedOptions,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<PagedDecoder> {
    const { moe, hiddenSize } = config.text;
    if (moe === undefined) fail('bad-request', 'A dense model has no experts to page.');
    const { manifest } = store;
    const { precision } = target;
    const graphs = segmentGraphs(config, manifest, target, lookAhead);
    const opened = new Map<EmittedGraph, Session>();
    let slots: ExpertSlots | undefined;
    try {
      // The last and the first segment load first, while the most memory is free, because they hold the largest
      // weights. A weight takes its memory on the device twice while it is loaded.
      for (const graph of [graphs.at(-1)!, ...graphs.slice(0, -1)]) {
        opened.set(graph, await runtime.open(graph, await loadWeights(store, graph, onBytes, signal)));
      }
      const segments = graphs.map((graph) => opened.get(graph)!);
      const fewest = moe.expertsPerToken;
      slots = await ExpertSlots.allocate(runtime, manifest, precision, budgetBytes, fewest);
      const pager = new ExpertPager(store, slots, runtime.device ? BESIDE_A_DEVICE : BETWEEN_RUNS);
      const groups = await ExpertGroups.open(store, runtime, config, target, pager);
      const inSegment = manifest.experts.map(({ layer }) => slotParts(manifest, layer).isQuantized);
      const options = { inSegment, lookAhead, precision, onRouting };
      const stage = new MixtureStage(runtime, pager, groups, moe, hiddenSize, options);
      return new PagedDecoder(segments, stage, pager, groups, runtime, config, target);
    } catch (error) {
      for (const segment of opened.values()) await segment.release();
      slots?.dispose();
      throw error;
    }
  }

  get length(): number {
    return this.#cache.length;
  }

  get paging(): PagingReport | undefined {
    return this.#report;
  }

  truncate(length: number): void {
    this.#cache.truncate(length);
  }

  async append(chunk: Chunk, { watchExperts = false, signal }: AppendOptions = {}): Promise<Logits> {
    const { text } = this.#config;
    const start = performance.now();
    const n = chunk.ids.length;
    const { feeds: past, outputs: present } = this.#cache.prepare(n);
    const own = chunkFeeds(chunk, this.#cache.length, this.#config, this.#runtime, this.#noFeatures);
    const common = { ...past, ...own };
    const appended: Feeds = {};
    const routers: Float32Array[] = [];
    let computeMs = 0;
    let handover = NO_HANDOVER;
    let results: Feeds = {};
    for (const [index, segment] of this.#segments.entries()) {
      const isLast = index === this.#segments.length - 1;
      const names = isLast ? logitOutputs(text) : this.#stage.outputs(index, n);
      const outputs: Record<string, Tensor | null> = Object.fromEntries(names.map((name) => [name, null]));
      for (const name of segment.outputs) if (present[name] !== undefined) outputs[name] = present[name];
      try {
        handover.check();
        const begun = performance.now();
        results = await segment.run(feedsOf({ ...common, ...handover.feeds }, segment), outputs);
        // WASM computes during the call. A GPU computes after the call, and the wait of the next read-back includes
        // that time.
        if (this.#runtime.device === undefined) computeMs += performance.now() - begun;
      } finally {
        handover.dispose();
      }
      for (const name of segment.outputs) if (name in present) appended[name] = results[name]!;
      if (isLast) break;
      const step = await this.#stage.next(index, results, signal);
      ({ handover } = step);
      computeMs += step.computeMs;
      routers.push(step.lastLogits);
    }
    this.#cache.appended(n, appended);
    this.#pager.advance(n);
    this.#logits?.dispose();
    this.#logits = results[TEXT.logits]!;
    const waiting = performance.now();
    const { logits } = await readLogits(this.#runtime, results, text);
    const end = performance.now();
    this.#report = this.#pager.report(end - start, computeMs + end - waiting);
    const experts = routedExperts(routers, text.moe!.expertsPerToken);
    return { ...logits, ...(watchExperts ? { experts } : {}) };
  }

  async dispose(): Promise<void> {
    this.#logits?.dispose();
    this.#noFeatures.dispose();
    this.#stage.dispose();
    this.#pager.dispose();
    this.#cache.dispose();
    await this.#groups.release();
    for (const segment of this.#segments) await segment.release();
  }
}

const NO_HANDOVER: Handover = { feeds: {}, check: () => undefined, dispose: () => undefined };
