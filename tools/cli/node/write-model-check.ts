// Adds the self-test to a package on disk: the logits that the exact engine (f32, on the processor) computes for the
// self-test's question, and the file's entry in the manifest.

import { loadEngine } from '../../../src/engine/load-engine.ts';
import { Failure } from '../../../src/failure.ts';
import {
  MODEL_CHECK_FILE,
  observe,
  summary,
  type Observed,
} from '../../../src/engine/self-check/model-check.ts';
import { MANIFEST_FILE, weightBytes, type Manifest } from '../../../src/format/manifest.ts';
import { sha256Hex } from '../../../src/format/sha256.ts';
import { decodePhoto } from '../../../src/node/decode-photo.ts';
import { DirectorySink } from '../../../src/node/directory-sink.ts';
import { openDirectoryStore } from '../../../src/node/directory-store.ts';
import { runLimited } from '../../../src/node/run-limited.ts';
import { createNodeRuntime } from '../../../src/node/runtime.ts';

/**
 * The largest size of a model for the self-test: the WASM heap is limited to 4 GiB, and holds more than the weights.
 */
export const MAX_CHECKED_BYTES = 3e9;

/** Returns false if the package is too large for the processor; then it has no self-test. */
export async function writeModelCheck(directory: string): Promise<boolean> {
  const { manifest } = await openDirectoryStore(directory);
  if (weightBytes(manifest) > MAX_CHECKED_BYTES) return false;
  const seen = await observed(directory);
  if (seen === undefined) return false;
  const check = summary(seen);
  const file = new TextEncoder().encode(`${JSON.stringify(check)}\n`);
  const entry = { name: MODEL_CHECK_FILE, bytes: file.byteLength, sha256: await sha256Hex(file) };
  const files = manifest.files.filter(({ name }) => name !== MODEL_CHECK_FILE);
  const changed: Manifest = { ...manifest, files: [...files, entry] };
  const sink = new DirectorySink(directory);
  // Write the file first, so that the manifest never names a missing file.
  await sink.write(MODEL_CHECK_FILE, file);
  await sink.write(MANIFEST_FILE, new TextEncoder().encode(JSON.stringify(changed)));
  return true;
}

/** Returns undefined if the model is too large for the processor. */
async function observed(directory: string): Promise<Observed | undefined> {
  const signal = new AbortController().signal;
  const runtime = await createNodeRuntime({ backend: 'wasm' });
  try {
    const store = await openDirectoryStore(directory);
    const engine = await loadEngine(store, runtime, decodePhoto, { precision: 'f32', runLimited }, signal);
    try {
      return await observe(engine, signal);
    } finally {
      await engine.dispose();
    }
  } catch (error) {
    if (error instanceof Failure && error.code === 'too-large-for-processor') return undefined;
    throw error;
  } finally {
    runtime.dispose();
  }
}
