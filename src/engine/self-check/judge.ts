// Computes the reference of a self-test: what a model answers to the known question on the processor, whose arithmetic
// is the same on every device. A mixture that does not fit the processor's memory pages its experts.

import { Failure } from '../../failure.ts';
import { parseJson } from '../../format/json-field.ts';
import { expertBytes } from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { parseModelConfig } from '../../format/parse-model-config.ts';
import type { Engine } from '../engine.ts';
import { largestExpertBudget } from '../processor/memory-needs.ts';
import { observe, type Observed } from './model-check.ts';

/** The reference must be exact, so its cache is not rounded. */
const CACHE = 'f32';

export interface JudgeOptions {
  cache: typeof CACHE;
  expertBudgetBytes?: number;
}

/**
 * `open` loads the model on the processor. Returns undefined if the model is too large for the processor even with paged
 * experts. Fails with the failures of `open`.
 */
export async function judge(
  store: PackageStore,
  open: (options: JudgeOptions) => Promise<{ engine: Engine; dispose: () => Promise<void> }>,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  try {
    const { engine, dispose } = await open({ cache: CACHE, ...(await expertBudget(store)) });
    try {
      return await observe(engine, signal);
    } finally {
      await dispose();
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'too-large-for-processor') return undefined;
    throw error;
  }
}

/** Returns a budget for the experts if they do not all fit. */
async function expertBudget(store: PackageStore): Promise<{ expertBudgetBytes?: number }> {
  const json = new TextDecoder().decode(await store.file('config.json'));
  const { text } = parseModelConfig(parseJson(json, 'config.json', 'bad-checkpoint'));
  const expertBudgetBytes = largestExpertBudget(store.manifest, text, CACHE);
  const holdsAll = expertBudgetBytes === undefined || expertBudgetBytes === expertBytes(store.manifest);
  return holdsAll ? {} : { expertBudgetBytes };
}
