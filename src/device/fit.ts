// Decides whether a model fits a device, and why not. This is an estimate from the model's needs and from the facts
// that the browser reports; only loading the model proves it.

import type { CatalogueModel, DeviceFacts, Fit, FitReason, Offer } from '../contract/weights.ts';
import { fitProcessor, processorExpertBudget, processorNeeds } from './fit-processor.ts';
import type { ModelSizes } from './package-sizes.ts';

/** The length of a conversation with a few pictures. The estimate includes the KV cache of such a conversation. */
const CONTEXT_TOKENS = 8192;
/** Memory for activations, the vision encoder's workspace, pipelines and the page. */
const WORKSPACE_BYTES = 600e6;
/** The share of a device's memory that browser and system leave to the model. */
const USABLE_SHARE = 0.75;
/**
 * With paging, at least this share of the experts must fit in memory (with 6 % of the experts in memory, 36 % of the
 * choices hit; with 19 %, 74 %).
 */
const HELD_EXPERTS = 0.1;
/** Browsers report at most this much memory, even if the device has more. */
const REPORTED_CAP_BYTES = 8 * 2 ** 30;
/** The size of the KV cache in the 30B; other mixtures need less. */
const LARGE_CACHE_BYTES_PER_TOKEN = 98_304;
/**
 * The memory assumed if the browser reports its cap or nothing. Such verdicts may carry the reason
 * 'memory-unknown'.
 */
const CREDIT_BYTES = 32 * 2 ** 30;

export function offerOf(model: CatalogueModel, device: DeviceFacts): Offer {
  const gpu = usableGpu(device);
  const memoryBytes = gpu ? memoryNeeded(model, gpu.hasF16, 1) : processorNeeds(model);
  return { model, fit: fit(model, device), memoryBytes };
}

/** Returns the best verdict that applies, with the reasons against a better one. */
export function fit(model: ModelSizes, device: DeviceFacts): Fit {
  const gpu = usableGpu(device);
  if (!gpu) return fitProcessor(model, availableBytes(device));

  const limitBytes = Math.min(gpu.maxBufferBytes, gpu.maxBindingBytes);
  if (model.largestArrayBytes > limitBytes) {
    const neededBytes = model.largestArrayBytes;
    return { verdict: 'too-large', reasons: [{ kind: 'array-too-large', neededBytes, limitBytes }] };
  }

  const notes: FitReason[] = [];
  const whole = memoryNeeded(model, gpu.hasF16, 1);
  if (!gpu.hasF16) notes.push({ kind: 'no-f16', extraBytes: whole - memoryNeeded(model, true, 1) });
  const hasExperts = model.expertBytes > 0;
  const paged = memoryNeeded(model, gpu.hasF16, HELD_EXPERTS);
  const { memoryBytes } = device;
  const available = availableBytes(device);
  if (whole <= available) {
    const isDoubtful = memoryBytes === null || whole > memoryBytes * USABLE_SHARE;
    if (!isDoubtful) return { verdict: 'fits', reasons: notes };
    notes.push({ kind: 'memory-unknown', neededBytes: whole, atLeastBytes: memoryBytes });
    // Paging that certainly fits is preferred to a whole model that only perhaps fits.
    const isSure = memoryBytes !== null && hasExperts && paged <= memoryBytes * USABLE_SHARE;
    return { verdict: isSure ? 'fits-paged' : 'fits', reasons: notes };
  }
  notes.push({ kind: 'memory', neededBytes: whole, availableBytes: available });
  const pages = hasExperts && paged <= available;
  return { verdict: pages ? 'fits-paged' : 'too-large', reasons: notes };
}

/**
 * The graphics processor that the engine would use. A software adapter counts as none, because it is slower
 * than the kernels on the processor.
 */
export function usableGpu({ gpu }: DeviceFacts): DeviceFacts['gpu'] {
  return gpu?.isSoftware === true ? null : gpu;
}

/** The share of the experts that fits in this device's memory; 1 for a dense model. */
export function heldShare(model: CatalogueModel, device: DeviceFacts): number {
  if (model.expertBytes === 0) return 1;
  const gpu = usableGpu(device);
  const available = availableBytes(device);
  const free = gpu
    ? available - memoryNeeded(model, gpu.hasF16, 0)
    : (processorExpertBudget(model, available) ?? model.expertBytes);
  return Math.max(0, Math.min(1, free / model.expertBytes));
}

/** The sizes that a stored model's record contains. */
type StoredSizes = Pick<CatalogueModel, 'storedBytes' | 'expertBytes'>;

/** The default memory budget for experts; undefined if the whole model fits. */
export function expertBudget(sizes: StoredSizes, device: DeviceFacts): number | undefined {
  if (sizes.expertBytes === 0) return undefined;
  const model = { ...sizes, halfBytes: 0, cacheBytesPerToken: LARGE_CACHE_BYTES_PER_TOKEN };
  const available = availableBytes(device);
  if (device.gpu === null) return processorExpertBudget(model, available);
  if (memoryNeeded(model, true, 1) <= available) return undefined;
  return Math.max(0, available - memoryNeeded(model, true, 0));
}

/** The memory budget for the KV cache of one conversation. A longer conversation loses its oldest turns. */
export function cacheBudgetBytes({ gpu, memoryBytes }: DeviceFacts): number {
  if (gpu === null) return 1e9;
  return memoryBytes !== null && memoryBytes >= REPORTED_CAP_BYTES ? 4e9 : 2e9;
}

/** The bytes of this device's memory that a model may use. */
function availableBytes({ memoryBytes }: DeviceFacts): number {
  const isCapped = memoryBytes === null || memoryBytes >= REPORTED_CAP_BYTES;
  return Math.floor((isCapped ? CREDIT_BYTES : memoryBytes) * USABLE_SHARE);
}

/** The memory for weights, KV cache and workspace if the share `heldExperts` of the experts is resident. */
function memoryNeeded(
  model: StoredSizes & Pick<CatalogueModel, 'halfBytes' | 'cacheBytesPerToken'>,
  hasF16: boolean,
  heldExperts: number,
): number {
  const weights = model.storedBytes - model.expertBytes * (1 - heldExperts);
  const cache = model.cacheBytesPerToken * CONTEXT_TOKENS;
  // Without f16, the KV cache and the weights that are stored in 16 bits take 32 bits.
  const wider = hasF16 ? 0 : model.halfBytes + cache;
  return Math.ceil(weights + cache + wider + WORKSPACE_BYTES);
}
