// The decoder on the processor that pages experts. All other weights lie in the kernels' memory, which also has slots
// for experts. At each router the program so far runs, because only then is it known which experts are missing. Owns
// the weights, the slots, the cache and the scratch memory.

import type { PagingReport } from '../../contract/answer.ts';
import { fail } from '../../failure.ts';
import type { MoeConfig } from '../../format/model-config.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { LOOK_AHEAD } from '../../paging/look-ahead.ts';
import type { AppendOptions, Chunk, Decoder, Logits } from '../decoder/decoder.ts';
import { ExpertPager } from '../decoder/paged/expert-pager.ts';
import { BESIDE_A_READER, BETWEEN_RUNS } from '../decoder/paged/expert-reads.ts';
import type { PagedOptions } from '../decoder/paged/paged-decoder.ts';
import type { OpenReader } from './blob-reader.ts';
import { DecoderProgram, MAX_CHUNK } from './decoder-program.ts';
import { loadDecoder, type DecoderWeights } from './decoder-weights.ts';
import type { ProcessorDecoderOptions } from './decoder.ts';
import { eventLoopTurn } from './event-loop-turn.ts';
import { largestSlotBytes, ProcessorSlots } from './expert-slots.ts';
import { ExpertStaging, stagingBytes } from './expert-staging.ts';
import { PagedMixture } from './paged-mixture.ts';
import { Weights } from './weights.ts';

export interface PagedProcessorOptions extends ProcessorDecoderOptions, PagedOptions {
  /** Starts a thread that reads experts. If it is omitted or does not start, this thread reads the experts itself. */
  openReader?: OpenReader | undefined;
}

export class PagedProcessorDecoder implements Decoder {
  readonly maxChunk = MAX_CHUNK;
  readonly #loaded: Weights;
  readonly #weights: DecoderWeights;
  readonly #pass: DecoderProgram;
  readonly #pager: ExpertPager<ProcessorSlots>;
  readonly #moe: MoeConfig;
  readonly #mixture: PagedMixture;
  readonly #staging: ExpertStaging | undefined;
  #report: PagingReport | undefined;

  private constructor(
    kernels: Kernels,
    { config, cache, lookAhead = LOOK_AHEAD, onRouting }: PagedProcessorOptions,
    moe: MoeConfig,
    loaded: Weights,
    weights: DecoderWeights,
    pager: ExpertPager<ProcessorSlots>,
    staging: ExpertStaging | undefined,
  ) {
    this.#staging = staging;
    this.#loaded = loaded;
    this.#weights = weights;
    this.#pass = new DecoderProgram(kernels, config, cache, weights);
    this.#pager = pager;
    this.#moe = moe;
    const networks = weights.layers.flatMap(({ network }) => (network.kind === 'mixture' ? [network] : []));
    const { hiddenSize: hidden } = config.text;
    const options = { moe, hidden, maxRows: MAX_CHUNK, lookAhead, onRouting };
    this.#mixture = new PagedMixture(this.#pass.layer, pager, networks, options);
  }

  /** Fails with 'out-of-memory' if the memory cannot hold even the fewest slots. */
  static async open(
    store: PackageStore,
    kernels: Kernels,
    options: PagedProcessorOptions,
    signal: AbortSignal,
  ): Promise<PagedProcessorDecoder> {
    const { moe } = options.config.text;
    if (moe === undefined) fail('bad-request', 'A dense model has no experts to page.');
    const weights = new Weights(kernels, store, options.onBytes, signal);
    let slots: ProcessorSlots | undefined;
    let staging: ExpertStaging | undefined;
    try {
      const loaded = await loadDecoder(weights, options.config, (layer) => weights.expertForms(layer));
      staging = await openStaging(kernels, store.manifest, options.openReader);
      const budget = options.budgetBytes - (staging === undefined ? 0 : stagingBytes(staging.placeBytes));
      slots = ProcessorSlots.allocate(kernels, store.manifest, budget, moe.expertsPerToken, staging);
      // Without a reader, the system reads while this thread computes, but only this thread can begin reads, and only
      // between two runs.
      const pace = staging === undefined ? BETWEEN_RUNS : BESIDE_A_READER;
      const pager = new ExpertPager(store, slots, pace, staging);
      return new PagedProcessorDecoder(kernels, options, moe, weights, loaded, pager, staging);
    } catch (error) {
      await staging?.dispose();
      slots?.dispose();
      weights.dispose();
      throw error;
    }
  }

  get length(): number {
    return this.#pass.cache.length;
  }

  get paging(): PagingReport | undefined {
    return this.#report;
  }

  truncate(length: number): void {
    this.#pass.cache.truncate(length);
  }

  async append(chunk: Chunk, { watchExperts = false, signal }: AppendOptions = {}): Promise<Logits> {
    const start = performance.now();
    const pass = this.#pass;
    const mixture = this.#mixture;
    mixture.computeMs = 0;
    pass.begin(chunk);
    for (const [index, layer] of this.#weights.layers.entries()) {
      pass.attention(layer, index);
      if (layer.network.kind === 'dense') {
        pass.dense(layer.network, layer);
      } else {
        const place = this.#moe.layers.indexOf(index);
        const last = pass.lastExperts(index);
        await mixture.append(place, pass.normed(layer), pass.residual, last, signal);
      }
      pass.tap(index);
    }
    pass.head();
    mixture.run();
    await eventLoopTurn();
    signal?.throwIfAborted();
    pass.end();
    this.#pager.advance(chunk.ids.length);
    this.#report = this.#pager.report(performance.now() - start, mixture.computeMs);
    return { ...pass.read(), ...(watchExperts ? { experts: pass.experts() } : {}) };
  }

  async dispose(): Promise<void> {
    await this.#staging?.dispose();
    this.#mixture.dispose();
    this.#pass.dispose();
    this.#pager.dispose();
    this.#loaded.dispose();
  }
}

async function openStaging(
  kernels: Kernels,
  manifest: Manifest,
  open: OpenReader | undefined,
): Promise<ExpertStaging | undefined> {
  const memory = kernels.sharedMemory;
  if (open === undefined || memory === undefined) return undefined;
  const reader = await open(memory).catch(() => undefined);
  if (reader === undefined) return undefined;
  try {
    return new ExpertStaging(kernels, reader, largestSlotBytes(manifest));
  } catch (error) {
    reader.dispose();
    throw error;
  }
}
