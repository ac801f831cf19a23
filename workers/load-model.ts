// From a model in storage to an engine that answers: start the runtime, build the graphs and hand the
// weights over; progress is told to the page.

import type { ExpertShape, LoadedModel, LoadEvent, LoadOptions } from '../src/contract/inference.ts';
import type { DeviceFacts } from '../src/contract/weights.ts';
import { decodePhoto } from '../src/engine/decode-photo.ts';
import type { Engine } from '../src/engine/engine.ts';
import { loadEngine } from '../src/engine/load-engine.ts';
import { fail } from '../src/failure.ts';
import { isUnderPolicy } from '../src/policy/probe.ts';
import { deviceFacts } from '../src/weights/device.ts';
import { expertBudget } from '../src/weights/fit.ts';
import type { Weights } from '../src/weights/weights.ts';
import { trustedRuntime } from './trusted-runtime.ts';

const NO_GPU: DeviceFacts = { gpu: null, memoryBytes: null };

export interface Loaded {
  engine: Engine;
  facts: LoadedModel;
  /** Releases the engine and the device it runs on. */
  dispose(): Promise<void>;
}

/** An abort of `signal` is thrown as AbortError; what was begun is released then, as on a failure. */
export async function loadModel(
  weights: Weights,
  id: string,
  { backend, precision, hardwareOnly, expertBudgetBytes }: LoadOptions,
  onEvent: (event: LoadEvent) => void,
  signal: AbortSignal,
): Promise<Loaded> {
  if (!(await isUnderPolicy())) fail('unprotected', 'The policy is not in force in the inference worker.');
  const onLoad = (doneBytes: number, totalBytes: number): void =>
    onEvent({ kind: 'preparing', doneBytes, totalBytes });

  // Files were verified on their way into storage; a length is looked at again, a hash in a check-up.
  const store = await weights.open(id, {}, signal);
  const { shards, preset, experts } = store.manifest;
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  const expertBytes = experts.reduce((sum, layer) => sum + layer.bytes * layer.at.length, 0);
  onLoad(0, bytes);
  const trusted = await trustedRuntime(backend, precision);
  const { runtime, distrusted } = trusted;
  try {
    if (hardwareOnly === true && runtime.backend === 'webgpu' && runtime.isSoftware) {
      fail('no-webgpu', 'The only WebGPU adapter computes on the processor.');
    }
    const device = await deviceFacts();
    const known = { storedBytes: bytes, expertBytes };
    const budget = expertBudgetBytes ?? expertBudget(known, backend === 'wasm' ? NO_GPU : device);
    const options = {
      onLoad,
      ...(trusted.precision === undefined ? {} : { precision: trusted.precision }),
      // Where all experts fit the budget, nothing needs paging.
      ...(budget === undefined || budget >= expertBytes ? {} : { expertBudgetBytes: budget }),
    };
    const engine = await loadEngine(store, runtime, decodePhoto, options, signal);
    const { files, target } = engine;
    const { architecture, text } = files.config;
    const dispose = async (): Promise<void> => {
      await engine.dispose();
      runtime.dispose();
    };
    const facts: LoadedModel = {
      id,
      architecture,
      preset,
      backend: runtime.backend,
      precision: target.precision,
      bytes,
      contextTokens: text.contextLength,
      thinks: files.thinks,
      experts: expertShape(engine),
      ...(distrusted.length === 0 ? {} : { distrusted }),
    };
    return { engine, facts, dispose };
  } catch (error) {
    runtime.dispose();
    throw error;
  }
}

function expertShape({ files }: Engine): ExpertShape | null {
  const { moe } = files.config.text;
  if (moe === undefined) return null;
  return { layers: moe.layers.length, count: moe.experts, chosen: moe.expertsPerToken };
}
