// Estimates the decode speed of a model on a measured device. The time per token is the size of its weights divided by
// the memory's speed, plus the time to start the operators. If the experts do not fit, the pager's simulator adds the
// time of paging, over a trace that resembles those of the real model.

import type { CatalogueModel, DeviceFacts, ExpectedSpeed, ExpectedSpeeds } from '../contract/weights.ts';
import { LOOK_AHEAD } from '../paging/look-ahead.ts';
import { RecencyFrequency } from '../paging/replacement.ts';
import { simulate } from '../paging/simulate.ts';
import { LIKE_30B, typicalTrace } from '../paging/typical-trace.ts';
import { heldShare } from './fit.ts';
import type { DeviceSpeed, GpuSpeed } from './device-speed.ts';

/** Assumed if the catalogue does not give the number of layers. */
const USUAL_LAYERS = 36;
/**
 * The number of operators per token, counted: in a dense layer, a resident mixture layer, a paged one, and outside of
 * layers.
 */
const STARTS = { dense: 12, mixture: 17, paged: 22, around: 22 };
/** The measured time to start one operator of the GPU's runtime, on a processor whose thread multiplies START_BLOCKS bytes per second. */
const START_MS = 0.051;
const START_BLOCKS = 6.2e9;
/** Layers behave alike, so only a few are simulated, and their time is multiplied. */
const SIMULATED_LAYERS = 6;
const TOKENS = 120;
const WARM_UP = 40;

export function expectedSpeeds(
  model: CatalogueModel,
  device: DeviceFacts,
  speed: DeviceSpeed,
): ExpectedSpeeds {
  const onGpu = speed.gpu && expected(model, heldShare(model, device), gpuCosts(model, speed, speed.gpu));
  const processorHeld = heldShare(model, { ...device, gpu: null });
  const onProcessor = expected(model, processorHeld, processorCosts(model, speed));
  return { gpu: onGpu, processor: onProcessor };
}

/** The costs of a token on a device, in ms. */
interface Costs {
  /** Reading and multiplying its weights. */
  weights: number;
  /** Starting an operator. */
  start: number;
  /** A run: starting it, and reading its results back. */
  run: number;
  /** Reading an expert from storage, and copying it to the device; null if storage could not be measured. */
  expert: { readMs: number; uploadMs: number } | null;
}

function gpuCosts(model: CatalogueModel, { processor, read }: DeviceSpeed, gpu: GpuSpeed): Costs {
  const bytes = expertSize(model);
  return {
    weights: (1000 * bytesPerToken(model)) / gpu.memory,
    // The page's thread starts the operators, one after the other.
    start: (START_MS * START_BLOCKS * processor.threads) / processor.blocks,
    run: gpu.roundTripMs,
    expert: read === null ? null : { readMs: (1000 * bytes) / read, uploadMs: (1000 * bytes) / gpu.upload },
  };
}

function processorCosts(model: CatalogueModel, { processor, read }: DeviceSpeed): Costs {
  const rate = model.preset === 'exact' ? processor.halves : processor.blocks;
  return {
    weights: (1000 * bytesPerToken(model)) / rate,
    start: processor.startMs,
    run: 0,
    // The bytes are read straight into the kernels' memory.
    expert: read === null ? null : { readMs: (1000 * expertSize(model)) / read, uploadMs: 0 },
  };
}

function expected(model: CatalogueModel, held: number, costs: Costs): ExpectedSpeed | null {
  const { experts } = model;
  const layers = experts?.layers ?? model.layers ?? USUAL_LAYERS;
  const starts = layers * (experts === undefined ? STARTS.dense : STARTS.mixture) + STARTS.around;
  const slots = experts && Math.max(experts.chosen, Math.floor(held * experts.count));
  if (experts === undefined || slots === undefined || slots >= experts.count) {
    // If all experts are resident, a token is one run and one read-back.
    return { tokensPerSecond: 1000 / (costs.weights + starts * costs.start + costs.run), heldShare: 1 };
  }
  if (costs.expert === null) return null;
  const simulated = Math.min(SIMULATED_LAYERS, layers);
  const shape = { layers: simulated, experts: experts.count, perToken: experts.chosen, tokens: TOKENS };
  const { msPerToken } = simulate(typicalTrace(shape, LIKE_30B, numbers()), {
    slots,
    replacement: () => new RecencyFrequency(),
    speeds: {
      ...costs.expert,
      layerMs: costs.weights / layers + STARTS.paged * costs.start + costs.run,
      tokenMs: 0,
    },
    lookAhead: LOOK_AHEAD,
    isFilled: true,
    warmUp: WARM_UP,
  });
  const tokensPerSecond = (1000 * simulated) / (msPerToken * layers);
  return { tokensPerSecond, heldShare: slots / experts.count };
}

/** Bytes of one expert of a mixture; 0 for a dense model. */
function expertSize({ expertBytes, experts }: CatalogueModel): number {
  return experts === undefined ? 0 : expertBytes / (experts.layers * experts.count);
}

/** The bytes of weights that one token reads, its chosen experts included. */
function bytesPerToken({ tokenBytes, expertBytes, experts }: CatalogueModel): number {
  return tokenBytes + (experts === undefined ? 0 : (expertBytes * experts.chosen) / experts.count);
}

/** The same random numbers each time (Lehmer, 1951), so that the estimate does not change between calls. */
function numbers(): () => number {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
