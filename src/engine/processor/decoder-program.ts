// Appends the decoder's operations to a program: the word embeddings and features, the two halves of each layer, the
// DeepStack taps, the head. Owns the cache and the scratch memory of a chunk.

import { fail } from '../../failure.ts';
import type { ModelConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { Chunk, Logits } from '../decoder/decoder.ts';
import { CacheBlocks } from './cache-blocks.ts';
import type { DecoderLayer, DecoderWeights, DenseNetwork } from './decoder-weights.ts';
import { ProcessorFeatures } from './features.ts';
import { attentionSpare, LayerProgram, type Preparation, type Rows } from './layer-program.ts';

/**
 * The largest number of rows in a chunk. Longer chunks unpack the weights less often; shorter ones need less scratch
 * memory.
 */
export const MAX_CHUNK = 256;
/**
 * The largest number of candidate logits, which are those of the last position; the same as in graph/best-logits.ts.
 */
const CANDIDATES = 64;

export class DecoderProgram {
  readonly cache: CacheBlocks;
  readonly layer: LayerProgram;
  readonly #kernels: Kernels;
  readonly #config: ModelConfig;
  readonly #weights: DecoderWeights;
  readonly #owned: [at: number, bytes: number][] = [];
  readonly #ids: number;
  readonly #featureRows: number;
  readonly #cos: number;
  readonly #sin: number;
  readonly residual: Rows;
  readonly #heads: Rows;
  readonly #attended: Rows;
  readonly #gateUp: Rows;
  readonly #logits: Rows;
  readonly #bestValues: number;
  readonly #bestIds: number;
  readonly #expSum: number;
  /** The address of the experts chosen for the last row, one mixture layer after the other. */
  readonly #chosen: number;
  /** Rows of the chunk. */
  #rows = 0;
  #features: ProcessorFeatures | undefined;

  constructor(kernels: Kernels, config: ModelConfig, cache: Precision, weights: DecoderWeights) {
    const { text } = config;
    const { hiddenSize, heads, kvHeads, headDim, intermediateSize, moe, vocabSize } = text;
    this.#kernels = kernels;
    this.#config = config;
    this.#weights = weights;
    this.cache = new CacheBlocks(kernels, text, cache);
    const widest = Math.max(hiddenSize, heads * headDim, intermediateSize);
    this.layer = new LayerProgram(kernels, MAX_CHUNK, widest);
    kernels.reserveSpare(attentionSpare(headDim, heads / kvHeads));
    const rows = (columns: number, count = MAX_CHUNK): Rows => ({
      at: this.#allocate(4 * columns * count),
      stride: 4 * columns,
    });
    this.#ids = this.#allocate(4 * MAX_CHUNK);
    this.#featureRows = this.#allocate(4 * MAX_CHUNK);
    this.#cos = this.#allocate(2 * headDim * MAX_CHUNK);
    this.#sin = this.#allocate(2 * headDim * MAX_CHUNK);
    this.residual = rows(hiddenSize);
    this.#heads = rows((heads + 2 * kvHeads) * headDim);
    this.#attended = rows(heads * headDim);
    this.#gateUp = rows(2 * intermediateSize);
    this.#logits = rows(vocabSize, 1);
    this.#bestValues = this.#allocate(4 * CANDIDATES);
    this.#bestIds = this.#allocate(4 * CANDIDATES);
    this.#expSum = this.#allocate(8);
    this.#chosen = this.#allocate(4 * (moe?.layers.length ?? 0) * (moe?.expertsPerToken ?? 0));
  }

  /** Begins the program of a chunk, with its words and features. */
  begin(chunk: Chunk): void {
    const rows = chunk.ids.length;
    this.#rows = rows;
    this.#features = featuresOf(chunk);
    this.cache.reserve(rows);
    this.#kernels.ints(this.#ids, rows).set(chunk.ids);
    this.#kernels.ints(this.#featureRows, rows).set(chunk.featureRows);
    this.#kernels.floats(this.#cos, chunk.cos.length).set(chunk.cos);
    this.#kernels.floats(this.#sin, chunk.sin.length).set(chunk.sin);
    this.layer.begin();
    const { kind, block, weights, scales, columns } = this.#weights.words;
    this.layer.program.add('embed', {
      ...{ rows, columns, kind, block, weights, scales, ids: this.#ids, featureRows: this.#featureRows },
      ...{ features: this.#features?.tables[0] ?? 0, y: this.residual.at, yStride: this.residual.stride },
    });
  }

  /** Counts the chunk's tokens as cached. Call it when all layers have run. */
  end(): void {
    this.cache.length += this.#rows;
  }

  /**
   * Appends the first half of a layer: grouped-query attention over the cache, with normed heads. Its result is added
   * to the residual stream.
   */
  attention(layer: DecoderLayer, index: number): void {
    const rows = this.#rows;
    const { heads, kvHeads, headDim: width, rmsNormEps: epsilon } = this.#config.text;
    const { at, stride } = this.#heads;
    const keys = at + 4 * heads * width;
    const values = keys + 4 * kvHeads * width;
    this.layer.products({ step: 'rmsNorm', x: this.residual, rows, gain: layer.inputNorm, epsilon }, [
      { matrix: layer.query, y: { at, stride } },
      { matrix: layer.key, y: { at: keys, stride } },
      { matrix: layer.value, y: { at: values, stride } },
    ]);
    const cache = this.cache.fields(index);
    const bytes = cache.isHalf === 1 ? 2 : 4;
    const shape = { rows, heads, kvHeads, width, first: this.cache.length };
    // Each thread computes attention for the heads that it wrote itself, so it need not wait for the others.
    this.layer.program.addUnwaited('place', {
      ...{ ...shape, ...cache, x: at, xStride: stride, epsilon, cos: this.#cos, sin: this.#sin },
      ...{ queryGain: layer.queryNorm, keyGain: layer.keyNorm },
    });
    this.layer.program.add('attend', {
      ...{ ...shape, ...cache, query: at, queryStride: stride, scale: width ** -0.5 },
      ...{ y: this.#attended.at, yStride: this.#attended.stride },
      ...{ headStride: cache.positions * width * bytes, positionStride: width * bytes },
    });
    this.layer.products({ step: 'none', x: this.#attended, rows }, [
      { matrix: layer.output, y: this.residual, add: true },
    ]);
  }

  /** How to prepare the rows that the second half of a layer reads: with a norm. */
  normed({ middleNorm: gain }: DecoderLayer): Preparation {
    const { rmsNormEps: epsilon } = this.#config.text;
    return { step: 'rmsNorm', x: this.residual, rows: this.#rows, gain, epsilon };
  }

  /** Appends the second half of a dense layer. Its result is added to the residual stream. */
  dense(network: DenseNetwork, layer: DecoderLayer): void {
    const { intermediateSize } = this.#config.text;
    const { at, stride } = this.#gateUp;
    this.layer.products(this.normed(layer), [
      { matrix: network.gate, y: { at, stride } },
      { matrix: network.up, y: { at: at + 4 * intermediateSize, stride } },
    ]);
    this.layer.products({ step: 'swigluHalves', x: this.#gateUp, rows: this.#rows }, [
      { matrix: network.down, y: this.residual, add: true },
    ]);
  }

  /** Appends the addition of a DeepStack tap's features to the residual stream after layer `index`. */
  tap(index: number): void {
    if (index >= this.#config.vision.deepstackLayers.length) return;
    const features = this.#features?.tables[index + 1];
    if (features === undefined) return;
    this.layer.program.add('addFeatures', {
      ...{
        rows: this.#rows,
        columns: this.#config.text.hiddenSize,
        featureRows: this.#featureRows,
        features,
      },
      ...{ y: this.residual.at, yStride: this.residual.stride },
    });
  }

  /** Appends the logits of the last row and the choice of the candidates. */
  head(): void {
    const { rmsNormEps: epsilon, vocabSize } = this.#config.text;
    const { at, stride } = this.residual;
    const last = { at: at + stride * (this.#rows - 1), stride };
    const { norm: gain, head } = this.#weights;
    this.layer.products({ step: 'rmsNorm', x: last, rows: 1, gain, epsilon }, [
      { matrix: head, y: this.#logits },
    ]);
    this.layer.program.add('best', {
      ...{ count: vocabSize, chosen: Math.min(CANDIDATES, vocabSize), logits: this.#logits.at },
      ...{ values: this.#bestValues, ids: this.#bestIds, sum: this.#expSum },
    });
  }

  /** The logits that the program has computed. */
  read(): Logits {
    const { vocabSize } = this.#config.text;
    const count = Math.min(CANDIDATES, vocabSize);
    const values = this.#kernels.floats(this.#bestValues, count).slice();
    // If any logit is NaN, the sum is NaN, and the order of the other logits means nothing.
    const sum = new Float64Array(this.#kernels.bytes(this.#expSum, 8).slice().buffer)[0]!;
    if (Number.isNaN(sum)) values.fill(NaN);
    return {
      best: { logits: values, ids: this.#kernels.ints(this.#bestIds, count).slice() },
      all: () => Promise.resolve(this.#kernels.floats(this.#logits.at, vocabSize).slice()),
    };
  }

  /** The address of the experts chosen for the last row in layer `index`. */
  lastExperts(index: number): number {
    const { moe } = this.#config.text;
    return this.#chosen + 4 * (moe?.layers.indexOf(index) ?? 0) * (moe?.expertsPerToken ?? 0);
  }

  /** The experts chosen for the last row, (mixture layers, experts per token). */
  experts(): Uint16Array {
    const { moe } = this.#config.text;
    const count = (moe?.layers.length ?? 0) * (moe?.expertsPerToken ?? 0);
    return Uint16Array.from(this.#kernels.ints(this.#chosen, count));
  }

  dispose(): void {
    this.layer.dispose();
    this.cache.dispose();
    for (const [at, bytes] of this.#owned.splice(0)) this.#kernels.arena.free(at, bytes);
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
