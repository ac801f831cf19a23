// The decoder with all weights on the device: one session, one run per chunk. Owns session and cache.

import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { decoderGraph } from '../../graph/decoder.ts';
import type { Target } from '../../graph/emitted.ts';
import { TEXT } from '../../graph/ports.ts';
import { routerOutput } from '../../graph/mixture.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from './decoder.ts';
import { logitOutputs, readLogits } from './read-logits.ts';
import { chunkFeeds, feedsOf } from './chunk-feeds.ts';
import { KvCache } from './kv-cache.ts';
import { loadWeights } from '../runtime/load-weights.ts';
import { routedExperts } from './routing.ts';
import type { Runtime, Session } from '../runtime/runtime.ts';
import type { Tensor } from '../runtime/tensor.ts';

/** Tokens per chunk: enough rows to keep the device busy, few enough to respond to a stop. */
const PREFILL_CHUNK = 512;

export class ResidentDecoder implements Decoder {
  readonly maxChunk: number;
  readonly #session: Session;
  readonly #runtime: Runtime;
  readonly #config: ModelConfig;
  readonly #cache: KvCache;
  /** One zero row: the features of a chunk without pictures. */
  readonly #noFeatures: Tensor;
  #logits: Tensor | undefined;

  private constructor(
    session: Session,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
    rowsAtOnce: boolean,
  ) {
    this.#session = session;
    this.#runtime = runtime;
    this.#config = config;
    this.#cache = new KvCache(runtime, config.text, target.precision);
    this.#noFeatures = runtime.zeros(target.precision, [1, config.text.hiddenSize]);
    this.maxChunk = rowsAtOnce ? PREFILL_CHUNK : 1;
  }

  /** `rowsAtOnce`: false if the quantised mixture of this device gives right results only for single rows. */
  static async open(
    store: PackageStore,
    runtime: Runtime,
    config: ModelConfig,
    target: Target,
    rowsAtOnce: boolean,
    onBytes: (bytes: number) => void,
    signal: AbortSignal,
  ): Promise<ResidentDecoder> {
    const graph = decoderGraph(config, store.manifest, target);
    const weights = await loadWeights(store, graph, onBytes, signal);
    const session = await runtime.open(graph, weights);
    return new ResidentDecoder(session, runtime, config, target, rowsAtOnce);
  }

  get length(): number {
    return this.#cache.length;
  }

  truncate(length: number): void {
    this.#cache.truncate(length);
  }

  async append(chunk: Chunk, { watchExperts = false }: AppendOptions = {}): Promise<Logits> {
    const { text } = this.#config;
    const n = chunk.ids.length;
    const { feeds: past, outputs } = this.#cache.prepare(n);
    const own = chunkFeeds(chunk, this.#cache.length, this.#config, this.#runtime, this.#noFeatures);
    const feeds = feedsOf({ ...past, ...own }, this.#session);
    this.#logits?.dispose();
    const { moe } = text;
    const routers = watchExperts ? (moe?.layers ?? []).map(routerOutput) : [];
    const results = await this.#session.run(feeds, {
      ...outputs,
      ...Object.fromEntries([...logitOutputs(text), ...routers].map((name) => [name, null])),
    });
    this.#cache.appended(n, results);
    this.#logits = results[TEXT.logits]!;
    const routed = routers.map((name) => results[name]!);
    const lastRows = routed.map((lastRowOf) => ({ lastRowOf }));
    const { logits, also } = await readLogits(this.#runtime, results, text, lastRows);
    for (const tensor of routed) tensor.dispose();
    const isWatched = watchExperts && moe !== undefined;
    return { ...logits, ...(isWatched ? { experts: routedExperts(also, moe.expertsPerToken) } : {}) };
  }

  async dispose(): Promise<void> {
    this.#logits?.dispose();
    this.#noFeatures.dispose();
    this.#cache.dispose();
    await this.#session.release();
  }
}
