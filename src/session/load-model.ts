// Turns a model in storage into an engine that answers: starts the runtime, builds the graphs and uploads the
// weights. A device that computes wrong numbers is replaced by the next one. Reports progress to the page.

import type { LoadedExperts, LoadedModel, LoadEvent, LoadOptions } from '../contract/inference.ts';
import type { DeviceFacts } from '../contract/weights.ts';
import { openClip } from '../engine/clip/open-clip.ts';
import { decodePhoto } from '../engine/photo/decode-photo.ts';
import type { Engine } from '../engine/engine.ts';
import { loadEngine } from '../engine/load-engine.ts';
import { fail } from '../failure.ts';
import { expertBytes, weightBytes } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { deviceFacts } from '../device/device-facts.ts';
import { cacheBudgetBytes, expertBudget } from '../device/fit.ts';
import type { Verdicts } from '../weights/store/verdicts.ts';
import type { Weights } from '../weights/weights.ts';
import { ModelTrust } from './model-trust.ts';
import { runReported } from './report-limited.ts';
import { trustedRuntime, type RuntimeSource, type TrustedRuntime } from './trusted-runtime.ts';

const NO_GPU: DeviceFacts = { gpu: null, memoryBytes: null };

export interface Loaded {
  engine: Engine;
  facts: LoadedModel;
  /** Releases the engine and the device it runs on. */
  dispose(): Promise<void>;
}

/** The sources of models, of verdicts about them, and of the runtime. */
export interface Stores {
  weights: Weights;
  verdicts: Verdicts;
  downloads: RuntimeSource;
}

/**
 * Rethrows an abort of `signal` as AbortError, after releasing everything that was begun, as on a failure.
 * Fails with 'corrupt-shard' if the numbers are wrong on the processor too.
 */
export async function loadModel(
  { weights, verdicts, downloads }: Stores,
  id: string,
  options: LoadOptions,
  onEvent: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  const onLoad = (doneBytes: number, totalBytes: number): void =>
    onEvent({ kind: 'preparing', doneBytes, totalBytes });

  // Files were verified when they were stored. Their lengths are checked again here; their hashes only in a
  // check-up.
  const store = await weights.open(id, options.held);
  const bytes = weightBytes(store.manifest);
  onLoad(0, bytes);
  const trust = await ModelTrust.open(verdicts, id, store);
  for (;;) {
    const trusted = await trustedRuntime(options.backend, options, trust.accepts, downloads);
    const { runtime } = trusted;
    let engine: Engine | undefined;
    try {
      const device = runtime.backend === 'wasm' ? NO_GPU : await deviceFacts();
      const memory = expertMemory(store, device, options.expertBudgetBytes);
      engine = await openEngine(store, trusted, device, memory, onLoad, signal);
      if (await trust.confirms(engine, runtime, signal)) {
        return loadedModel(id, store, engine, trusted, bytes, memory);
      }
      if (runtime.backend === 'wasm') {
        fail('corrupt-shard', 'The model computes other numbers than when it was packed.');
      }
      await engine.dispose();
      runtime.dispose();
    } catch (error) {
      await engine?.dispose().catch(() => undefined);
      runtime.dispose();
      throw error;
    }
  }
}

type ExpertMemory = Pick<LoadedExperts, 'bytes' | 'budgetBytes'>;

/**
 * The size of the experts, and their memory budget: `wanted` if the caller gives it, else the default for the
 * device.
 */
function expertMemory(
  { manifest }: PackageStore,
  device: DeviceFacts,
  wanted: number | undefined,
): ExpertMemory {
  const bytes = expertBytes(manifest);
  const sizes = { storedBytes: weightBytes(manifest), expertBytes: bytes };
  const budget = wanted ?? expertBudget(sizes, device);
  // If all experts fit the budget, nothing needs paging.
  return { bytes, budgetBytes: budget === undefined || budget >= bytes ? null : budget };
}

async function openEngine(
  store: PackageStore,
  { runtime, precision }: TrustedRuntime,
  device: DeviceFacts,
  { budgetBytes }: ExpertMemory,
  onLoad: (doneBytes: number, totalBytes: number) => void,
  signal: AbortSignal,
): Promise<Engine> {
  const options = {
    onLoad,
    openClip,
    runLimited: runReported,
    cacheBudgetBytes: cacheBudgetBytes(device),
    ...(precision === undefined ? {} : { precision }),
    ...(budgetBytes === null ? {} : { expertBudgetBytes: budgetBytes }),
  };
  return loadEngine(store, runtime, decodePhoto, options, signal);
}

function loadedModel(
  id: string,
  store: PackageStore,
  engine: Engine,
  { runtime, distrusted }: TrustedRuntime,
  bytes: number,
  memory: ExpertMemory,
): Loaded {
  const { files, target } = engine;
  const { architecture, text } = files.config;
  const facts: LoadedModel = {
    id,
    architecture,
    preset: store.manifest.preset,
    backend: runtime.backend,
    precision: target.precision,
    bytes,
    contextTokens: text.contextLength,
    thinks: files.thinks,
    experts: loadedExperts(engine, memory),
    ...(distrusted.length === 0 ? {} : { distrusted }),
  };
  const dispose = async (): Promise<void> => {
    await engine.dispose();
    runtime.dispose();
  };
  return { engine, facts, dispose };
}

function loadedExperts({ files }: Engine, memory: ExpertMemory): LoadedExperts | null {
  const { moe } = files.config.text;
  if (moe === undefined) return null;
  return { layers: moe.layers.length, count: moe.experts, chosen: moe.expertsPerToken, ...memory };
}
