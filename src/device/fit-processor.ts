// What the processor engine can hold: an estimate from a model's sizes, with the limits of
// src/engine/processor/memory-needs.ts, which judges the stored model by its manifest before it loads anything.

import type { CatalogueModel, Fit, FitReason } from '../contract/weights.ts';

/** Weights stay in 4, 8 or 16 bits, as they are stored; the cache is stored in 16 bits. */
type ProcessorSizes = Pick<CatalogueModel, 'storedBytes' | 'expertBytes' | 'cacheBytesPerToken'>;

/** WebAssembly addresses 4 GiB; the last page stays free. */
const MOST_BYTES = 2 ** 32 - 65536;
/** Memory for activations. */
const SCRATCH_BYTES = 0.3e9;
/** The shortest conversation for which a model must have memory: a large picture and a few questions. */
const FEWEST_TOKENS = 2048;
/** The conversation for which paged experts leave memory. */
const PAGED_TOKENS = 4096;
/** The experts of one token: 8 of 128 in the mixtures of this family. */
const FEWEST_EXPERTS = 1 / 16;

/** `deviceBytes`: the memory of this device that a model may use. */
export function fitProcessor(model: ProcessorSizes, deviceBytes: number): Fit {
  const availableBytes = Math.min(MOST_BYTES, deviceBytes);
  const neededBytes = processorNeeds(model);
  const reasons: FitReason[] = [{ kind: 'no-gpu' }];
  if (neededBytes <= availableBytes) return { verdict: 'fits', reasons };
  reasons.push({ kind: 'memory', neededBytes, availableBytes });
  const pages = model.expertBytes > 0 && needs(model, FEWEST_TOKENS, FEWEST_EXPERTS) <= availableBytes;
  return { verdict: pages ? 'fits-paged' : 'too-large', reasons };
}

/** The bytes that the whole model needs. */
export function processorNeeds(model: ProcessorSizes): number {
  return needs(model, FEWEST_TOKENS, 1);
}

/** The memory budget for the experts of a mixture; undefined if all of them fit. */
export function processorExpertBudget(model: ProcessorSizes, deviceBytes: number): number | undefined {
  const availableBytes = Math.min(MOST_BYTES, deviceBytes);
  if (processorNeeds(model) <= availableBytes) return undefined;
  const least = FEWEST_EXPERTS * model.expertBytes;
  return Math.max(least, availableBytes - needs(model, PAGED_TOKENS, 0));
}

function needs(
  { storedBytes, expertBytes, cacheBytesPerToken }: ProcessorSizes,
  tokens: number,
  heldExperts: number,
): number {
  const weights = storedBytes - expertBytes * (1 - heldExperts);
  return Math.ceil(weights + SCRATCH_BYTES + tokens * cacheBytesPerToken);
}
