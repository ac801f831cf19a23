// The decoder on the processor, with all weights in the kernels' memory. A prompt runs layer by layer, so that it can
// be stopped between layers; a token of an answer runs without a pause. Owns the weights, the cache and the scratch
// memory.

import type { ModelConfig } from '../../format/model-config.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Precision } from '../../graph/emitted.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from '../decoder/decoder.ts';
import { DecoderProgram, MAX_CHUNK } from './decoder-program.ts';
import { loadDecoder, type DecoderLayer, type DecoderWeights } from './decoder-weights.ts';
import { eventLoopTurn } from './event-loop-turn.ts';
import { MixtureProgram } from './mixture-program.ts';
import { Weights } from './weights.ts';

export interface ProcessorDecoderOptions {
  config: ModelConfig;
  /** The precision of the stored cache. */
  cache: Precision;
  onBytes: (bytes: number) => void;
}

export class ProcessorDecoder implements Decoder {
  readonly maxChunk = MAX_CHUNK;
  readonly #kernels: Kernels;
  readonly #config: ModelConfig;
  readonly #loaded: Weights;
  readonly #weights: DecoderWeights;
  readonly #pass: DecoderProgram;
  readonly #mixture: MixtureProgram | undefined;

  private constructor(
    kernels: Kernels,
    { config, cache }: ProcessorDecoderOptions,
    loaded: Weights,
    weights: DecoderWeights,
  ) {
    const { hiddenSize, moe } = config.text;
    this.#kernels = kernels;
    this.#config = config;
    this.#loaded = loaded;
    this.#weights = weights;
    this.#pass = new DecoderProgram(kernels, config, cache, weights);
    if (moe !== undefined) this.#mixture = new MixtureProgram(this.#pass.layer, moe, hiddenSize, MAX_CHUNK);
  }

  static async open(
    store: PackageStore,
    kernels: Kernels,
    options: ProcessorDecoderOptions,
    signal: AbortSignal,
  ): Promise<ProcessorDecoder> {
    const weights = new Weights(kernels, store, options.onBytes, signal);
    try {
      const loaded = await loadDecoder(weights, options.config, (layer) => weights.experts(layer));
      return new ProcessorDecoder(kernels, options, weights, loaded);
    } catch (error) {
      weights.dispose();
      throw error;
    }
  }

  get length(): number {
    return this.#pass.cache.length;
  }

  truncate(length: number): void {
    this.#pass.cache.truncate(length);
  }

  async append(chunk: Chunk, { watchExperts = false, signal }: AppendOptions = {}): Promise<Logits> {
    const pass = this.#pass;
    pass.begin(chunk);
    const { program } = pass.layer;
    const ends: number[] = [];
    for (const [index, layer] of this.#weights.layers.entries()) {
      pass.attention(layer, index);
      this.#network(layer, index);
      pass.tap(index);
      ends.push(program.length);
    }
    pass.head();
    ends.push(program.length);
    // A single token takes too little time to be worth stopping.
    const steps = chunk.ids.length === 1 ? [program.length] : ends;
    let from = 0;
    for (const to of steps) {
      this.#kernels.run(program, from, to);
      from = to;
      // Without a turn of the event loop, a stop could not arrive.
      await eventLoopTurn();
      signal?.throwIfAborted();
    }
    pass.end();
    const isWatched = watchExperts && this.#config.text.moe !== undefined;
    return { ...pass.read(), ...(isWatched ? { experts: pass.experts() } : {}) };
  }

  dispose(): Promise<void> {
    this.#mixture?.dispose();
    this.#pass.dispose();
    this.#loaded.dispose();
    return Promise.resolve();
  }

  #network(layer: DecoderLayer, index: number): void {
    const pass = this.#pass;
    const { network } = layer;
    if (network.kind === 'dense') pass.dense(network, layer);
    else this.#mixture?.append(network, pass.normed(layer), pass.residual, pass.lastExperts(index));
  }
}
