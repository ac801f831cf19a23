// Adds the self-test to a package on disk: the logits that the processor engine computes for the self-test's question,
// and the file's entry in the manifest.

import { judge } from '../engine/self-check/judge.ts';
import { MODEL_CHECK_FILE, summary } from '../engine/self-check/model-check.ts';
import { MANIFEST_FILE, type Manifest } from '../format/manifest.ts';
import { sha256Hex } from '../format/sha256.ts';
import { DirectorySink } from './directory-sink.ts';
import { openDirectoryStore } from './directory-store.ts';
import type { KernelFiles } from './kernels.ts';
import { openEngine } from './open-engine.ts';

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
  const observed = await judge(store, (options) => openEngine(store, kernels, options, signal), signal);
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
