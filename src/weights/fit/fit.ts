// Whether a model fits a device, and why not. A judgement from what the model needs and what the browser
// tells; the proof is loading it.

import type { CatalogueModel, DeviceFacts, Fit, FitReason, Offer } from '../../contract/weights.ts';

/** A conversation with a few pictures; its cache is counted in. */
const CONTEXT_TOKENS = 8192;
/** Activations, the vision tower's workspace, pipelines, the page. */
const WORKSPACE_BYTES = 600e6;
/** Browser and system keep this share of a device's memory. */
const USABLE_SHARE = 0.75;
/** With paging, this share of the experts is held at the least (36 % hits at 6 %, 74 % at 19 %). */
const HELD_EXPERTS = 0.1;
/** Browsers report no more than this, whatever is there. */
const REPORTED_CAP_BYTES = 8 * 2 ** 30;
/** As of the 30B; other mixtures have less. */
const LARGE_CACHE_BYTES_PER_TOKEN = 98_304;
/** Of the four gibibytes that WASM can address, what is left to weights. */
const WASM_HEAP_BYTES = 3 * 2 ** 30;
/** Above the cap: what a device of that class is given credit for, with a word of doubt. */
const CREDIT_BYTES = 32 * 2 ** 30;

/** What WebAssembly can address, less what the page itself takes of it. */
const PROCESSOR_BYTES = 3.5e9;

export function offerOf(model: CatalogueModel, device: DeviceFacts): Offer {
  const hasF16 = usableGpu(device)?.hasF16 ?? false;
  return { model, fit: fit(model, device), memoryBytes: memoryNeeded(model, hasF16, 1) };
}

/** The best verdict that holds, with the reasons against a better one. */
export function fit(model: CatalogueModel, device: DeviceFacts): Fit {
  const gpu = usableGpu(device);
  if (!gpu) {
    // The processor computes in 32 bits, slowly, within what WebAssembly can address.
    const neededBytes = memoryNeeded(model, false, 1);
    const fits = neededBytes <= PROCESSOR_BYTES;
    const short: FitReason = { kind: 'memory', neededBytes, availableBytes: PROCESSOR_BYTES };
    return fits
      ? { verdict: 'fits', reasons: [{ kind: 'no-gpu' }] }
      : { verdict: 'too-large', reasons: [{ kind: 'no-gpu' }, short] };
  }

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
    // Rather paged for sure than whole perhaps.
    const isSure = memoryBytes !== null && hasExperts && paged <= memoryBytes * USABLE_SHARE;
    return { verdict: isSure ? 'fits-paged' : 'fits', reasons: notes };
  }
  notes.push({ kind: 'memory', neededBytes: whole, availableBytes: available });
  const pages = hasExperts && paged <= available;
  return { verdict: pages ? 'fits-paged' : 'too-large', reasons: notes };
}

/** The graphics processor that the engine would use by itself: one in software is slower than none. */
export function usableGpu({ gpu }: DeviceFacts): DeviceFacts['gpu'] {
  return gpu?.isSoftware === true ? null : gpu;
}

/** The share of the experts that this device has room for; 1 for a dense model that fits. */
export function heldShare(model: CatalogueModel, device: DeviceFacts): number {
  const hasF16 = device.gpu?.hasF16 ?? false;
  const free = availableBytes(device) - memoryNeeded(model, hasF16, 0);
  return model.expertBytes === 0 ? 1 : Math.max(0, Math.min(1, free / model.expertBytes));
}

/** What is known of a model once it is stored. */
type StoredSizes = Pick<CatalogueModel, 'storedBytes' | 'expertBytes'>;

/** Bytes of experts to hold where nobody says; undefined where all of the model fits. */
export function expertBudget(sizes: StoredSizes, device: DeviceFacts): number | undefined {
  const model = { ...sizes, halfBytes: 0, cacheBytesPerToken: LARGE_CACHE_BYTES_PER_TOKEN };
  const available = device.gpu === null ? WASM_HEAP_BYTES : availableBytes(device);
  if (sizes.expertBytes === 0 || memoryNeeded(model, true, 1) <= available) return undefined;
  return Math.max(0, available - memoryNeeded(model, true, 0));
}

/** Bytes that the key-value cache of one conversation may take; longer conversations lose their oldest turns. */
export function cacheBudgetBytes({ gpu, memoryBytes }: DeviceFacts): number {
  if (gpu === null) return 1e9;
  return memoryBytes !== null && memoryBytes >= REPORTED_CAP_BYTES ? 4e9 : 2e9;
}

/** What a model may take of this device's memory. */
function availableBytes({ memoryBytes }: DeviceFacts): number {
  const isCapped = memoryBytes === null || memoryBytes >= REPORTED_CAP_BYTES;
  return Math.floor((isCapped ? CREDIT_BYTES : memoryBytes) * USABLE_SHARE);
}

/** Weights, cache and workspace, with a share of the experts held. */
function memoryNeeded(
  model: StoredSizes & Pick<CatalogueModel, 'halfBytes' | 'cacheBytesPerToken'>,
  hasF16: boolean,
  heldExperts: number,
): number {
  const weights = model.storedBytes - model.expertBytes * (1 - heldExperts);
  const cache = model.cacheBytesPerToken * CONTEXT_TOKENS;
  // Without f16, what is stored in 16 bits and the cache are held in 32.
  const wider = hasF16 ? 0 : model.halfBytes + cache;
  return Math.ceil(weights + cache + wider + WORKSPACE_BYTES);
}
