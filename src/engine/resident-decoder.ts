// The decoder with all weights on the device: one session, one run per chunk. Owns session and cache.

import type { ModelConfig } from '../format/model-config.ts';
import type { PackageStore } from '../format/package-store.ts';
import { BEST_VALUES, bestIds, bestOutputs } from '../graph/best-logits.ts';
import { decoderGraph } from '../graph/decoder.ts';
import type { Target } from '../graph/emitted.ts';
import { routerOutput } from '../graph/mixture.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from './decoder.ts';
import { KvCache } from './kv-cache.ts';
import { loadWeights } from './load-weights.ts';
import { routedExperts } from './routing.ts';
import type { Runtime, Session, Tensor } from './runtime.ts';

/** Enough rows to keep the device busy, few enough to stay responsive to a cancel. */
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

  /** `rowsAtOnce` false: the device's quantised mixture is right for single rows only. */
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
    const { text, vision } = this.#config;
    const { tensor } = this.#runtime;
    const n = chunk.ids.length;
    const total = this.#cache.length + n;
    const { feeds, outputs } = this.#cache.prepare(n);
    feeds['input_ids'] = tensor('int32', chunk.ids, [n]);
    feeds['is_text'] = tensor(
      'float32',
      Float32Array.from(chunk.featureRows, (row) => (row === 0 ? 1 : 0)),
      [n, 1],
    );
    feeds['feature_rows'] = tensor('int32', chunk.featureRows, [n]);
    feeds['features'] = chunk.features?.main ?? this.#noFeatures;
    for (const k of vision.deepstackLayers.keys()) {
      feeds[`deepstack.${k}`] = chunk.features?.deepstack[k] ?? this.#noFeatures;
    }
    feeds['cos'] = tensor('float32', chunk.cos, [n, text.headDim / 2]);
    feeds['sin'] = tensor('float32', chunk.sin, [n, text.headDim / 2]);
    feeds['past_length'] = tensor('int32', Int32Array.of(total - 1), [1]);
    feeds['total_length'] = tensor('int32', Int32Array.of(total), [1]);
    this.#logits?.dispose();
    const positions = bestOutputs(text.vocabSize);
    const { moe } = text;
    const routers = watchExperts ? (moe?.layers ?? []).map(routerOutput) : [];
    const read = ['logits', BEST_VALUES, ...positions, ...routers];
    const results = await this.#session.run(feeds, {
      ...outputs,
      ...Object.fromEntries(read.map((name) => [name, null])),
    });
    this.#cache.appended(n, results);
    const logits = (this.#logits = results['logits']!);
    const best = [BEST_VALUES, ...positions].map((name) => results[name]!);
    const routed = routers.map((name) => results[name]!);
    const data = await this.#runtime.read([...best, ...routed.map((lastRowOf) => ({ lastRowOf }))]);
    for (const tensor of [...best, ...routed]) tensor.dispose();
    const [values, ...stages] = data.splice(0, best.length);
    return {
      best: {
        logits: values as Float32Array,
        ids: bestIds(stages as BigInt64Array[], text.vocabSize),
      },
      all: async () => (await this.#runtime.read([logits]))[0] as Float32Array,
      ...(moe !== undefined && watchExperts ? { experts: routedExperts(data, moe.expertsPerToken) } : {}),
    };
  }

  async dispose(): Promise<void> {
    this.#logits?.dispose();
    this.#noFeatures.dispose();
    this.#cache.dispose();
    await this.#session.release();
  }
}
