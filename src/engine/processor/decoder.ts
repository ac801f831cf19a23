// The decoder on the processor, with all weights in the kernels' memory. A prompt runs layer by layer and hears a stop
// between layers; a token of an answer runs at once. Owns weights, cache and scratch.

import { fail } from '../../failure.ts';
import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Precision } from '../../graph/emitted.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from '../decoder/decoder.ts';
import { CacheBlocks } from './cache-blocks.ts';
import { loadDecoder, type DecoderLayer, type DecoderWeights } from './decoder-weights.ts';
import { eventLoopTurn } from './event-loop-turn.ts';
import { ProcessorFeatures } from './features.ts';
import { LayerProgram, type Rows } from './layer-program.ts';
import { MixtureProgram } from './mixture-program.ts';
import { Weights } from './weights.ts';

/** Rows enough to unpack each weight seldom, few enough to keep scratch small. */
const MAX_CHUNK = 256;
/** How many of the last position's logits are chosen, at most; as in graph/best-logits.ts. */
const CANDIDATES = 64;

export interface ProcessorDecoderOptions {
  config: ModelConfig;
  /** In which the cache is held. */
  cache: Precision;
  onBytes: (bytes: number) => void;
}

export class ProcessorDecoder implements Decoder {
  readonly maxChunk = MAX_CHUNK;
  readonly #kernels: Kernels;
  readonly #config: ModelConfig;
  readonly #loaded: Weights;
  readonly #weights: DecoderWeights;
  readonly #cache: CacheBlocks;
  readonly #layer: LayerProgram;
  readonly #mixture: MixtureProgram | undefined;
  readonly #owned: [at: number, bytes: number][] = [];
  readonly #ids: number;
  readonly #featureRows: number;
  readonly #cos: number;
  readonly #sin: number;
  readonly #residual: Rows;
  readonly #heads: Rows;
  readonly #attended: Rows;
  readonly #gateUp: Rows;
  readonly #logits: Rows;
  readonly #bestValues: number;
  readonly #bestIds: number;
  readonly #expSum: number;
  /** The experts that the last row chose, layer after layer. */
  readonly #chosen: number;

  private constructor(
    kernels: Kernels,
    { config, cache }: ProcessorDecoderOptions,
    loaded: Weights,
    weights: DecoderWeights,
  ) {
    const { text } = config;
    const { hiddenSize, heads, kvHeads, headDim, intermediateSize, moe, vocabSize } = text;
    this.#kernels = kernels;
    this.#config = config;
    this.#loaded = loaded;
    this.#weights = weights;
    this.#cache = new CacheBlocks(kernels, text, cache);
    const widest = Math.max(hiddenSize, heads * headDim, intermediateSize);
    this.#layer = new LayerProgram(kernels, MAX_CHUNK, widest);
    kernels.reserveSpare(attentionSpare(headDim, heads / kvHeads));
    const rows = (columns: number, count = MAX_CHUNK): Rows => ({
      at: this.#allocate(4 * columns * count),
      stride: 4 * columns,
    });
    this.#ids = this.#allocate(4 * MAX_CHUNK);
    this.#featureRows = this.#allocate(4 * MAX_CHUNK);
    this.#cos = this.#allocate(2 * headDim * MAX_CHUNK);
    this.#sin = this.#allocate(2 * headDim * MAX_CHUNK);
    this.#residual = rows(hiddenSize);
    this.#heads = rows((heads + 2 * kvHeads) * headDim);
    this.#attended = rows(heads * headDim);
    this.#gateUp = rows(2 * intermediateSize);
    this.#logits = rows(vocabSize, 1);
    this.#bestValues = this.#allocate(4 * CANDIDATES);
    this.#bestIds = this.#allocate(4 * CANDIDATES);
    this.#expSum = this.#allocate(8);
    this.#chosen = this.#allocate(4 * (moe?.layers.length ?? 0) * (moe?.expertsPerToken ?? 0));
    this.#mixture =
      moe === undefined ? undefined : new MixtureProgram(this.#layer, moe, hiddenSize, MAX_CHUNK);
  }

  static async open(
    store: PackageStore,
    kernels: Kernels,
    options: ProcessorDecoderOptions,
    signal: AbortSignal,
  ): Promise<ProcessorDecoder> {
    const weights = new Weights(kernels, store, options.onBytes, signal);
    try {
      return new ProcessorDecoder(kernels, options, weights, await loadDecoder(weights, options.config));
    } catch (error) {
      weights.dispose();
      throw error;
    }
  }

  get length(): number {
    return this.#cache.length;
  }

  truncate(length: number): void {
    this.#cache.truncate(length);
  }

  async append(chunk: Chunk, { watchExperts = false, signal }: AppendOptions = {}): Promise<Logits> {
    const { text, vision } = this.#config;
    const rows = chunk.ids.length;
    const features = featuresOf(chunk);
    this.#cache.reserve(rows);
    this.#kernels.ints(this.#ids, rows).set(chunk.ids);
    this.#kernels.ints(this.#featureRows, rows).set(chunk.featureRows);
    this.#kernels.floats(this.#cos, chunk.cos.length).set(chunk.cos);
    this.#kernels.floats(this.#sin, chunk.sin.length).set(chunk.sin);
    this.#layer.begin();
    const { program } = this.#layer;
    this.#embed(rows, features);
    const ends: number[] = [];
    for (const [index, layer] of this.#weights.layers.entries()) {
      this.#attention(layer, index, rows);
      this.#network(layer, index, rows);
      const tap = index < vision.deepstackLayers.length ? features?.tables[index + 1] : undefined;
      if (tap !== undefined) this.#addTap(tap, rows);
      ends.push(program.length);
    }
    this.#head(rows);
    ends.push(program.length);
    // A token is short enough to run at once.
    const steps = rows === 1 ? [program.length] : ends;
    let from = 0;
    for (const to of steps) {
      this.#kernels.run(program, from, to);
      from = to;
      // Without a turn of the event loop, a stop could not arrive.
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
    this.#cache.length += rows;
    const experts = watchExperts && text.moe !== undefined ? { experts: this.#experts() } : {};
    return { ...this.#read(text.vocabSize), ...experts };
  }

  dispose(): Promise<void> {
    this.#mixture?.dispose(this.#kernels);
    this.#layer.dispose();
    this.#cache.dispose();
    this.#loaded.dispose();
    for (const [at, bytes] of this.#owned.splice(0)) this.#kernels.arena.free(at, bytes);
    return Promise.resolve();
  }

  #embed(rows: number, features: ProcessorFeatures | undefined): void {
    const { kind, block, weights, scales, columns } = this.#weights.words;
    this.#layer.program.add('embed', {
      ...{ rows, columns, kind, block, weights, scales, ids: this.#ids, featureRows: this.#featureRows },
      ...{ features: features?.tables[0] ?? 0, y: this.#residual.at, yStride: this.#residual.stride },
    });
  }

  /** Grouped-query attention with normed heads over the cache, added to the residual stream. */
  #attention(layer: DecoderLayer, index: number, rows: number): void {
    const { heads, kvHeads, headDim: width, rmsNormEps: epsilon } = this.#config.text;
    const { at, stride } = this.#heads;
    const keys = at + 4 * heads * width;
    const values = keys + 4 * kvHeads * width;
    this.#layer.products({ step: 'rmsNorm', x: this.#residual, rows, gain: layer.inputNorm, epsilon }, [
      { matrix: layer.query, y: { at, stride } },
      { matrix: layer.key, y: { at: keys, stride } },
      { matrix: layer.value, y: { at: values, stride } },
    ]);
    const cache = this.#cache.fields(index);
    const bytes = cache.isHalf === 1 ? 2 : 4;
    const shape = { rows, heads, kvHeads, width, first: this.#cache.length };
    // Each thread attends with the heads that it placed itself.
    this.#layer.program.addUnwaited('place', {
      ...{ ...shape, ...cache, x: at, xStride: stride, epsilon, cos: this.#cos, sin: this.#sin },
      ...{ queryGain: layer.queryNorm, keyGain: layer.keyNorm },
    });
    this.#layer.program.add('attend', {
      ...{ ...shape, ...cache, query: at, queryStride: stride, scale: width ** -0.5 },
      ...{ y: this.#attended.at, yStride: this.#attended.stride },
      ...{ headStride: cache.positions * width * bytes, positionStride: width * bytes },
    });
    this.#layer.products({ step: 'none', x: this.#attended, rows }, [
      { matrix: layer.output, y: this.#residual, add: true },
    ]);
  }

  /** The second half of a layer, added to the residual stream. */
  #network({ network, middleNorm }: DecoderLayer, index: number, rows: number): void {
    const { rmsNormEps: epsilon, moe, intermediateSize } = this.#config.text;
    const normed = { step: 'rmsNorm', x: this.#residual, rows, gain: middleNorm, epsilon } as const;
    if (network.kind === 'mixture') {
      const place = moe?.layers.indexOf(index) ?? 0;
      const last = this.#chosen + 4 * place * (moe?.expertsPerToken ?? 0);
      this.#mixture?.append(network, normed, this.#residual, last);
      return;
    }
    const { at, stride } = this.#gateUp;
    this.#layer.products(normed, [
      { matrix: network.gate, y: { at, stride } },
      { matrix: network.up, y: { at: at + 4 * intermediateSize, stride } },
    ]);
    this.#layer.products({ step: 'swigluHalves', x: this.#gateUp, rows }, [
      { matrix: network.down, y: this.#residual, add: true },
    ]);
  }

  #addTap(features: number, rows: number): void {
    this.#layer.program.add('addFeatures', {
      ...{ rows, columns: this.#config.text.hiddenSize, featureRows: this.#featureRows, features },
      ...{ y: this.#residual.at, yStride: this.#residual.stride },
    });
  }

  /** The logits of the last row, and the best of them. */
  #head(rows: number): void {
    const { rmsNormEps: epsilon, vocabSize } = this.#config.text;
    const { at, stride } = this.#residual;
    const last = { at: at + stride * (rows - 1), stride };
    const { norm: gain, head } = this.#weights;
    this.#layer.products({ step: 'rmsNorm', x: last, rows: 1, gain, epsilon }, [
      { matrix: head, y: this.#logits },
    ]);
    this.#layer.program.add('best', {
      ...{ count: vocabSize, chosen: Math.min(CANDIDATES, vocabSize), logits: this.#logits.at },
      ...{ values: this.#bestValues, ids: this.#bestIds, sum: this.#expSum },
    });
  }

  #read(vocabSize: number): Logits {
    const count = Math.min(CANDIDATES, vocabSize);
    const values = this.#kernels.floats(this.#bestValues, count).slice();
    // The sum is no number if any logit is none; the order of the others means nothing then.
    const sum = new Float64Array(this.#kernels.bytes(this.#expSum, 8).slice().buffer)[0]!;
    if (Number.isNaN(sum)) values.fill(NaN);
    return {
      best: { logits: values, ids: this.#kernels.ints(this.#bestIds, count).slice() },
      all: () => Promise.resolve(this.#kernels.floats(this.#logits.at, vocabSize).slice()),
    };
  }

  #experts(): Uint16Array {
    const { moe } = this.#config.text;
    const count = (moe?.layers.length ?? 0) * (moe?.expertsPerToken ?? 0);
    return Uint16Array.from(this.#kernels.ints(this.#chosen, count));
  }

  #allocate(bytes: number): number {
    const at = this.#kernels.arena.allocate(bytes);
    this.#owned.push([at, bytes]);
    return at;
  }
}

function featuresOf({ features }: Chunk): ProcessorFeatures | undefined {
  if (features === undefined || features instanceof ProcessorFeatures) return features;
  return fail('bug', 'The features lie in the memory of another engine.');
}

/** What attention holds per thread: two tiles of 32 positions, their scores, and the sums of 32 rows' queries. */
export function attentionSpare(width: number, group: number): number {
  return 2 * 32 * width * 4 + 32 * 4 + 2 * 4 * 32 * group;
}
