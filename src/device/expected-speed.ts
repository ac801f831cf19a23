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
/** The measured time to start one operator on a processor that multiplies START_PRODUCTS weights per second. */
const START_MS = 0.051;
const START_PRODUCTS = 5e8;
/** The bytes per weight in 4-bit blocks of 32. */
const WEIGHT_BYTES = 0.5625;
/**
 * The speed of onnxruntime's WASM relative to that of the product in product-speed.ts. They are equal, with one thread
 * and with two.
 */
const RUNTIME_SHARE = 1;
/** Layers behave alike, so only a few are simulated, and their time is multiplied. */
const SIMULATED_LAYERS = 6;
const TOKENS = 120;
const WARM_UP = 40;

export function expectedSpeeds(
  model: CatalogueModel,
  device: DeviceFacts,
  { products, gpu }: DeviceSpeed,
): ExpectedSpeeds {
  return {
    gpu: gpu && onGpu(model, device, gpu, products),
    processor: {
      tokensPerSecond: (RUNTIME_SHARE * products * WEIGHT_BYTES) / bytesPerToken(model),
      heldShare: 1,
    },
  };
}

function onGpu(
  model: CatalogueModel,
  device: DeviceFacts,
  speed: GpuSpeed,
  products: number,
): ExpectedSpeed | null {
  const { experts } = model;
  const startMs = (START_MS * START_PRODUCTS) / products;
  const readMs = (1000 * bytesPerToken(model)) / speed.memory;
  const layers = experts?.layers ?? model.layers ?? USUAL_LAYERS;
  const starts = layers * (experts === undefined ? STARTS.dense : STARTS.mixture) + STARTS.around;
  const slots = experts && Math.max(experts.chosen, Math.floor(heldShare(model, device) * experts.count));
  if (experts === undefined || slots === undefined || slots >= experts.count) {
    // If all experts are resident, a token takes one run and one read-back.
    return { tokensPerSecond: 1000 / (readMs + starts * startMs + speed.roundTripMs), heldShare: 1 };
  }
  if (speed.paging === null) return null;
  const expertBytes = model.expertBytes / (layers * experts.count);
  const simulated = Math.min(SIMULATED_LAYERS, layers);
  const shape = { layers: simulated, experts: experts.count, perToken: experts.chosen, tokens: TOKENS };
  const { msPerToken } = simulate(typicalTrace(shape, LIKE_30B, numbers()), {
    slots,
    replacement: () => new RecencyFrequency(),
    speeds: {
      readMs: (1000 * expertBytes) / speed.paging.read,
      uploadMs: (1000 * expertBytes) / speed.paging.upload,
      layerMs: readMs / layers + STARTS.paged * startMs + speed.roundTripMs,
      tokenMs: 0,
    },
    lookAhead: LOOK_AHEAD,
    isFilled: true,
    warmUp: WARM_UP,
  });
  const tokensPerSecond = (1000 * simulated) / (msPerToken * layers);
  return { tokensPerSecond, heldShare: slots / experts.count };
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
