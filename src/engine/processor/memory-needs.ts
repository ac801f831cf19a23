// Decides from the manifest, before anything is loaded, whether a model fits the kernels' memory.

import { fail } from '../../failure.ts';
import { expertBytes, type Manifest } from '../../format/manifest.ts';
import type { TextConfig } from '../../format/model-config.ts';
import type { Precision } from '../../graph/emitted.ts';
import { MAX_BYTES } from '../../kernels/arena.ts';
import { cacheBytesPerToken } from '../decoder/context-limit.ts';
import { processorSlotBytes } from './expert-slots.ts';

/** The kernels need this much memory for activations. */
const SCRATCH_BYTES = 0.3e9;
/** A model fits only if its cache has memory for this many tokens: a large picture and a few questions. */
const FEWEST_TOKENS = 2048;

/**
 * Returns the bytes that the weights leave for the cache, whose numbers have the type `cache`. If `expertBudgetBytes`
 * is given, the experts are paged. The memory grows to `maxBytes`. Fails with 'too-large-for-processor'; the message
 * says which sizes would fit.
 */
export function bytesForCache(
  manifest: Manifest,
  text: TextConfig,
  cache: Precision,
  expertBudgetBytes?: number,
  maxBytes = MAX_BYTES,
): number {
  const all = expertBytes(manifest);
  const budget = Math.max(expertBudgetBytes ?? all, fewestExpertBytes(manifest, text));
  const held = residentBytes(manifest) + Math.min(budget, all);
  const needed = held + fewestCacheBytes(text, cache);
  if (needed <= maxBytes) return maxBytes - held;
  const largest = largestExpertBudget(manifest, text, cache, maxBytes);
  const remedy =
    largest === undefined
      ? 'A GPU can hold it, or a package of the same model with a smaller preset may fit.'
      : `It fits with a memory budget for experts of at most ${(largest / 1e9).toFixed(1)} GB.`;
  const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;
  fail(
    'too-large-for-processor',
    `On the processor the model needs ${gigabytes(needed)} of memory, of which ${gigabytes(held - SCRATCH_BYTES)} ` +
      `are weights, but WebAssembly addresses ${gigabytes(maxBytes)}. ${remedy}`,
  );
}

/**
 * Returns the largest memory budget for experts with which the model fits, rounded down to 100 MB; undefined if the
 * model has no experts, or if no budget is small enough.
 */
export function largestExpertBudget(
  manifest: Manifest,
  text: TextConfig,
  cache: Precision,
  maxBytes = MAX_BYTES,
): number | undefined {
  if (text.moe === undefined || manifest.experts.length === 0) return undefined;
  const left = maxBytes - residentBytes(manifest) - fewestCacheBytes(text, cache);
  if (left >= expertBytes(manifest)) return expertBytes(manifest);
  const budget = Math.floor(left / 1e8) * 1e8;
  return budget < fewestExpertBytes(manifest, text) ? undefined : budget;
}

/** Returns the least memory in which a package runs: its weights, with experts up to their budget, and activations. */
export function leastBytes(manifest: Manifest, expertBudgetBytes = Infinity): number {
  return residentBytes(manifest) + Math.min(expertBudgetBytes, expertBytes(manifest));
}

/** Returns the bytes that are held with every budget. */
function residentBytes({ tensors }: Manifest): number {
  return Object.values(tensors).reduce((sum, { bytes }) => sum + bytes, SCRATCH_BYTES);
}

/** Returns the bytes of the experts of one token: the smallest possible budget. */
function fewestExpertBytes(manifest: Manifest, { moe }: TextConfig): number {
  return moe === undefined ? 0 : processorSlotBytes(manifest) * moe.expertsPerToken;
}

function fewestCacheBytes(text: TextConfig, cache: Precision): number {
  return Math.min(FEWEST_TOKENS, text.contextLength) * cacheBytesPerToken(text, cache);
}
