// Turns a model in storage into an engine that answers: chooses a device and loads the weights onto it. A device that
// computes wrong numbers is replaced by the next one. Reports progress to the page.

import type { LoadedExperts, LoadedModel, LoadEvent, LoadOptions } from '../contract/inference.ts';
import type { DeviceFacts } from '../contract/weights.ts';
import { openClip } from '../engine/clip/open-clip.ts';
import type { Engine } from '../engine/engine.ts';
import { hasAdapter } from '../engine/runtime/webgpu-device.ts';
import { leastBytes } from '../engine/processor/memory-needs.ts';
import { fail } from '../failure.ts';
import { expertBytes, weightBytes } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { deviceFacts } from '../device/device-facts.ts';
import { cacheBudgetBytes, expertBudget } from '../device/fit.ts';
import type { Verdicts } from '../weights/store/verdicts.ts';
import type { Weights } from '../weights/weights.ts';
import { ModelTrust } from './model-trust.ts';
import { openJudge } from './open-judge.ts';
import { runReported } from './report-limited.ts';
import { trustedDevice, type DeviceSources, type TrustedDevice } from './trusted-device.ts';

const NO_GPU: DeviceFacts = { gpu: null, memoryBytes: null };

export interface Loaded {
  engine: Engine;
  facts: LoadedModel;
  /** Releases the engine and the device that it runs on. */
  dispose(): Promise<void>;
}

/** The sources of models, of verdicts about them, and of the devices' programs. */
export interface Sources extends DeviceSources {
  weights: Weights;
  verdicts: Verdicts;
}

/**
 * Loads a model. Rethrows an abort of `signal` as AbortError. On an abort and on a failure, releases everything that
 * was begun. Fails with 'corrupt-shard' if the numbers are wrong on the processor, too.
 */
export async function loadModel(
  { weights, verdicts, ...programs }: Sources,
  id: string,
  options: LoadOptions,
  onEvent: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  let judgedBytes = 0;
  const onLoad = (doneBytes: number, totalBytes: number): void =>
    onEvent({ kind: 'preparing', doneBytes: judgedBytes + doneBytes, totalBytes: judgedBytes + totalBytes });

  // Files were verified when they were stored. Here, only their lengths are checked again; a check-up verifies their
  // hashes.
  const store = await weights.open(id, options.held);
  const bytes = weightBytes(store.manifest);
  onLoad(0, bytes);
  const trust = await ModelTrust.open(verdicts, id, store);
  const isForGpu = options.backend === 'webgpu' && (await hasAdapter(navigator.gpu, options.hardwareOnly));
  if (isForGpu && !trust.hasReference && options.skipJudge !== true) {
    const onJudge = (doneBytes: number): void => {
      onEvent({ kind: 'preparing', doneBytes, totalBytes: 2 * bytes, isJudging: true });
      judgedBytes = bytes;
    };
    await trust.learn((asked) => openJudge(store, programs.kernels, asked, onJudge, signal), signal);
  }
  const onProcessor = expertMemory(store, NO_GPU, options.expertBudgetBytes);
  const processorBytes = leastBytes(store.manifest, onProcessor.budgetBytes ?? undefined);
  for (;;) {
    const trusted = await trustedDevice(
      ...[options.backend, { ...options, processorBytes }, trust.accepts, programs],
    );
    const { device } = trusted;
    let engine: Engine | undefined;
    try {
      const facts = device.backend === 'wasm' ? NO_GPU : await deviceFacts();
      const memory = expertMemory(store, facts, options.expertBudgetBytes);
      const engineOptions = {
        onLoad,
        openClip,
        runLimited: runReported,
        cacheBudgetBytes: cacheBudgetBytes(facts),
        // The tolerance of the self-test is below the rounding of a cache in f16.
        processorCache: trust.isInDoubt ? 'f32' : 'f16',
        ...(memory.budgetBytes === null ? {} : { expertBudgetBytes: memory.budgetBytes }),
      } as const;
      engine = await device.load(store, engineOptions, signal);
      if (await trust.confirms(engine, device, signal)) {
        return loadedModel(id, store, engine, trusted, bytes, memory);
      }
      if (device.backend === 'wasm') {
        fail('corrupt-shard', 'The model computes other numbers than when it was packed.');
      }
      await engine.dispose();
      device.dispose();
    } catch (error) {
      await engine?.dispose().catch(() => undefined);
      device.dispose();
      throw error;
    }
  }
}

type ExpertMemory = Pick<LoadedExperts, 'bytes' | 'budgetBytes'>;

/**
 * The size of the experts, and their memory budget: `wanted` if the caller gives it, otherwise the default for the
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
  // If all experts fit the budget, no expert needs paging.
  return { bytes, budgetBytes: budget === undefined || budget >= bytes ? null : budget };
}

function loadedModel(
  id: string,
  store: PackageStore,
  engine: Engine,
  { device, distrusted }: TrustedDevice,
  bytes: number,
  memory: ExpertMemory,
): Loaded {
  const { files, target } = engine;
  const { architecture, text } = files.config;
  const facts: LoadedModel = {
    id,
    architecture,
    preset: store.manifest.preset,
    backend: device.backend,
    precision: target.precision,
    bytes,
    contextTokens: text.contextLength,
    thinks: files.thinks,
    experts: loadedExperts(engine, memory),
    ...(distrusted.length === 0 ? {} : { distrusted }),
  };
  const dispose = async (): Promise<void> => {
    await engine.dispose();
    device.dispose();
  };
  return { engine, facts, dispose };
}

function loadedExperts({ files }: Engine, memory: ExpertMemory): LoadedExperts | null {
  const { moe } = files.config.text;
  if (moe === undefined) return null;
  return { layers: moe.layers.length, count: moe.experts, chosen: moe.expertsPerToken, ...memory };
}
