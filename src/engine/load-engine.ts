// Makes an engine from a package and a runtime: reads the side files, decides how the model runs on this
// device, builds the graphs and hands the weights over.

import type { PackageStore } from '../format/package-store.ts';
import { expertBytes, weightBytes, type Manifest } from '../format/manifest.ts';
import type { ModelConfig } from '../format/model-config.ts';
import type { Precision, Target } from '../graph/emitted.ts';
import { readCheckpointFiles, type CheckpointFiles } from './checkpoint-files.ts';
import { contextLimit } from './decoder/context-limit.ts';
import type { Decoder } from './decoder/decoder.ts';
import { Engine } from './engine.ts';
import type { EngineOptions } from './engine-options.ts';
import type { DecodePhoto } from './photo/photo.ts';
import { PagedDecoder } from './decoder/paged/paged-decoder.ts';
import { ResidentDecoder } from './decoder/resident-decoder.ts';
import type { Runtime } from './runtime/runtime.ts';
import { mixtureTakesRows } from './device-check/operator-checks.ts';
import { requireDevice } from './runtime/model-needs.ts';
import { chooseTarget } from './runtime/target.ts';
import type { VisionEncoder } from './vision/features.ts';
import { GraphVisionEncoder } from './vision/vision-encoder.ts';

const CACHE_BUDGET_BYTES = 2e9;

/**
 * Fails with the code for the missing part if a file of the package or a capability of the device is missing. If a
 * session cannot be made, the code is 'bug'.
 */
export async function loadEngine(
  store: PackageStore,
  runtime: Runtime,
  decodePhoto: DecodePhoto,
  options: EngineOptions,
  signal: AbortSignal,
): Promise<Engine> {
  const checkpoint = await readCheckpointFiles(store, options.runLimited);
  const target = chooseTarget(store.manifest, runtime, options);
  requireDevice(store.manifest, target, runtime);
  const files = limitContext(checkpoint, target.precision, options.cacheBudgetBytes ?? CACHE_BUDGET_BYTES);
  const totalBytes = bytesToLoad(store.manifest, options.expertBudgetBytes !== undefined);
  let doneBytes = 0;
  const onBytes = (bytes: number): void => {
    doneBytes = Math.min(totalBytes, doneBytes + bytes);
    options.onLoad?.(doneBytes, totalBytes);
  };
  const openVision = (stop: AbortSignal): Promise<VisionEncoder> =>
    GraphVisionEncoder.open(store, runtime, files.config, target, onBytes, stop);
  const decoder = await openDecoder(store, runtime, files.config, target, options, onBytes, signal);
  const engine = new Engine(files, target, decoder, openVision, decodePhoto, options);
  if (options.releaseVision !== true) await engine.warm(signal);
  return engine;
}

/** The files, with the context shortened to fit the cache budget; see contextLimit. */
function limitContext(
  files: CheckpointFiles,
  precision: Precision,
  cacheBudgetBytes: number,
): CheckpointFiles {
  const { config } = files;
  const contextLength = contextLimit(config.text, precision, cacheBudgetBytes);
  return { ...files, config: { ...config, text: { ...config.text, contextLength } } };
}

/** The bytes of weights to load, without paged experts, which are read when they are needed. */
function bytesToLoad(manifest: Manifest, isPaged: boolean): number {
  return weightBytes(manifest) - (isPaged ? expertBytes(manifest) : 0);
}

async function openDecoder(
  store: PackageStore,
  runtime: Runtime,
  config: ModelConfig,
  target: Target,
  { expertBudgetBytes: budgetBytes, lookAhead, onRouting }: EngineOptions,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Decoder> {
  if (budgetBytes !== undefined && config.text.moe !== undefined) {
    const paging = { budgetBytes, lookAhead, onRouting };
    return PagedDecoder.open(store, runtime, config, target, paging, onBytes, signal);
  }
  const rowsAtOnce = await mixtureTakesRows(runtime, store.manifest, config, target);
  return ResidentDecoder.open(store, runtime, config, target, rowsAtOnce, onBytes, signal);
}
