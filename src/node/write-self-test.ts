// Adds the self-test to a package on disk: the logits that the processor engine computes for the self-test's question,
// and the file's entry in the manifest.

import { MODEL_CHECK_FILE, observe, summary, type Observed } from '../engine/self-check/model-check.ts';
import { largestExpertBudget } from '../engine/processor/memory-needs.ts';
import { Failure } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import { expertBytes, MANIFEST_FILE, type Manifest } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { parseModelConfig } from '../format/parse-model-config.ts';
import { sha256Hex } from '../format/sha256.ts';
import { DirectorySink } from './directory-sink.ts';
import { openDirectoryStore } from './directory-store.ts';
import type { KernelFiles } from './kernels.ts';
import { openEngine, type NodeEngineOptions } from './open-engine.ts';

/** The reference must be exact, so its cache is not rounded. */
const CACHE = 'f32';

/**
 * Returns false if the package is too large for the processor even with paged experts; then it gets no self-test. Fails
 * with the failures of openEngine.
 */
export async function addSelfTest(
  directory: string,
  kernels: KernelFiles,
  signal: AbortSignal,
): Promise<boolean> {
  const store = await openDirectoryStore(directory);
  const observed = await observedIn(store, kernels, signal);
  if (observed === undefined) return false;
  const { manifest } = store;
  const file = new TextEncoder().encode(`${JSON.stringify(summary(observed))}\n`);
  const entry = { name: MODEL_CHECK_FILE, bytes: file.byteLength, sha256: await sha256Hex(file) };
  const files = manifest.files.filter(({ name }) => name !== MODEL_CHECK_FILE);
  const changed: Manifest = { ...manifest, files: [...files, entry] };
  const sink = new DirectorySink(directory);
  // Write the file first, so that the manifest never names a missing file.
  await sink.write(MODEL_CHECK_FILE, file);
  await sink.write(MANIFEST_FILE, new TextEncoder().encode(JSON.stringify(changed)));
  return true;
}

/** Returns the observed logits, or undefined if the model is too large for the processor. */
async function observedIn(
  store: PackageStore,
  kernels: KernelFiles,
  signal: AbortSignal,
): Promise<Observed | undefined> {
  try {
    const options: NodeEngineOptions = { cache: CACHE, ...(await expertBudget(store)) };
    const { engine, dispose } = await openEngine(store, kernels, options, signal);
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
