// How fast a model will write on a measured device: its weights over the GPU's memory speed, and where its
// experts do not fit, the simulator of the pager over a trace like those of the real model.

import type { CatalogueModel, DeviceFacts, ExpectedSpeed } from '../../contract/weights.ts';
import { LOOK_AHEAD } from '../../paging/look-ahead.ts';
import { RecencyFrequency } from '../../paging/replacement.ts';
import { simulate } from '../../paging/simulate.ts';
import { LIKE_30B, typicalTrace } from '../../paging/typical-trace.ts';
import { heldShare } from './fit.ts';
import type { DeviceSpeed } from './device-speed.ts';

/** Starting the operators of one layer; shares in the processor's time, not in the GPU's memory. */
const LAYER_START_MS = 0.4;
/** Layers behave alike: few are simulated, and their time is multiplied. */
const SIMULATED_LAYERS = 6;
const TOKENS = 120;
const WARM_UP = 40;

/** For a device that the model fits, whole or paged. */
export function expectedSpeed(model: CatalogueModel, device: DeviceFacts, speed: DeviceSpeed): ExpectedSpeed {
  const denseBytes = model.storedBytes - model.expertBytes;
  const { experts } = model;
  const held = heldShare(model, device);
  if (experts === undefined) return { tokensPerSecond: speed.gpuMemory / denseBytes, heldShare: 1 };

  const expertBytes = model.expertBytes / (experts.layers * experts.count);
  const layerBytes = denseBytes / experts.layers + experts.chosen * expertBytes;
  const layerMs = LAYER_START_MS + (1000 * layerBytes) / speed.gpuMemory;
  const slots = Math.max(experts.chosen, Math.floor(held * experts.count));
  if (slots >= experts.count) {
    // All resident: one run and one read-back per token.
    const ms = experts.layers * layerMs + speed.roundTripMs;
    return { tokensPerSecond: 1000 / ms, heldShare: 1 };
  }
  const layers = Math.min(SIMULATED_LAYERS, experts.layers);
  const shape = { layers, experts: experts.count, perToken: experts.chosen, tokens: TOKENS };
  const { msPerToken } = simulate(typicalTrace(shape, LIKE_30B, numbers()), {
    slots,
    replacement: () => new RecencyFrequency(),
    speeds: {
      readMs: (1000 * expertBytes) / speed.read,
      uploadMs: (1000 * expertBytes) / speed.upload,
      layerMs: layerMs + speed.roundTripMs,
      tokenMs: 0,
    },
    lookAhead: LOOK_AHEAD,
    isFilled: true,
    warmUp: WARM_UP,
  });
  const tokensPerSecond = (1000 * layers) / (msPerToken * experts.layers);
  return { tokensPerSecond, heldShare: slots / experts.count };
}

/** The same numbers each time (Lehmer, 1951): an estimate must not flicker. */
function numbers(): () => number {
  let state = 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}
