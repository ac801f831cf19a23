// Makes an engine that computes on the processor with the kernels (src/kernels), without a graph runtime.

import { expertBytes, weightBytes } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import type { Precision } from '../graph/emitted.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { readCheckpointFiles } from './checkpoint-files.ts';
import { cacheBytesPerToken, contextLimit } from './decoder/context-limit.ts';
import type { Decoder } from './decoder/decoder.ts';
import { Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import type { DecodePhoto } from './photo/photo.ts';
import type { OpenReader } from './processor/blob-reader.ts';
import { ProcessorDecoder, type ProcessorDecoderOptions } from './processor/decoder.ts';
import { bytesForCache } from './processor/memory-needs.ts';
import { PagedProcessorDecoder } from './processor/paged-decoder.ts';
import { ProcessorVisionEncoder } from './processor/vision-encoder.ts';
import type { VisionEncoder } from './vision/features.ts';

const CACHE_BUDGET_BYTES = 2e9;

export interface ProcessorEngineOptions extends Pick<
  EngineOptions,
  | 'openClip'
  | 'releaseVision'
  | 'expertBudgetBytes'
  | 'lookAhead'
  | 'onRouting'
  | 'cacheBudgetBytes'
  | 'chunkTokens'
  | 'ignoreStops'
  | 'runLimited'
  | 'onLoad'
> {
  /** The precision of the stored key-value cache; f16 if omitted. All sums are f32. */
  cache?: Precision;
  /** Starts a thread that reads paged experts into memory that threads share. */
  openReader?: OpenReader | undefined;
}

/**
 * The engine's weights, cache and scratch memory lie in the memory of `kernels`, which the caller disposes of after the
 * engine. Fails with the failures of loadEngine, or with 'too-large-for-processor' before it has loaded anything.
 */
export async function loadProcessorEngine(
  store: PackageStore,
  kernels: Kernels,
  decodePhoto: DecodePhoto,
  options: ProcessorEngineOptions,
  signal: AbortSignal,
): Promise<Engine> {
  const checkpoint = await readCheckpointFiles(store, options.runLimited);
  const { manifest } = store;
  const { text } = checkpoint.config;
  const { expertBudgetBytes } = options;
  const isPaged = expertBudgetBytes !== undefined && manifest.experts.length > 0;
  const totalBytes = weightBytes(manifest) - (isPaged ? expertBytes(manifest) : 0);
  const { cache = 'f16', cacheBudgetBytes = CACHE_BUDGET_BYTES } = options;
  const freeBytes = bytesForCache(
    ...[manifest, text, cache, isPaged ? expertBudgetBytes : undefined, kernels.maxBytes],
  );
  const contextLength = Math.min(
    contextLimit(text, cache, cacheBudgetBytes),
    Math.floor(freeBytes / cacheBytesPerToken(text, cache)),
  );
  const config = { ...checkpoint.config, text: { ...text, contextLength } };
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes = Math.min(totalBytes, doneBytes + bytes);
    options.onLoad?.(doneBytes, totalBytes);
  };
  const openVision = (stop: AbortSignal): Promise<VisionEncoder> =>
    ProcessorVisionEncoder.open(store, kernels, config, onBytes, stop);
  const { lookAhead, onRouting, openReader } = options;
  const resident: ProcessorDecoderOptions = { config, cache, onBytes };
  const decoder: Decoder = isPaged
    ? await PagedProcessorDecoder.open(
        store,
        kernels,
        { ...resident, budgetBytes: expertBudgetBytes, lookAhead, onRouting, openReader },
        signal,
      )
    : await ProcessorDecoder.open(store, kernels, resident, signal);
  const target = { backend: 'wasm', precision: 'f32', expand: false } as const;
  const engine = new Engine({ ...checkpoint, config }, target, decoder, openVision, decodePhoto, options);
  if (options.releaseVision !== true) await engine.warm(signal);
  return engine;
}
