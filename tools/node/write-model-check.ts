// Puts the self-test into a package on disk: the logits that the exact engine (f32, on the processor)
// computes of its question, and the file's entry in the manifest.

import { loadEngine } from '../../src/engine/load-engine.ts';
import { Failure } from '../../src/failure.ts';
import {
  MODEL_CHECK_FILE,
  observe,
  summary,
  type Observed,
} from '../../src/engine/self-check/model-check.ts';
import { MANIFEST_FILE, type Manifest } from '../../src/format/manifest.ts';
import { sha256Hex } from '../../src/format/sha256.ts';
import { decodePhoto } from './decode-photo.ts';
import { DirectorySink } from './directory-sink.ts';
import { openDirectoryStore } from './directory-store.ts';
import { runLimited } from './run-limited.ts';
import { createNodeRuntime } from './runtime.ts';

/** The processor's heap ends at 4 GiB; weights are not all that lies in it. */
export const MAX_CHECKED_BYTES = 3e9;

/** False where the package is too large for the processor: it then has no self-test. */
export async function writeModelCheck(directory: string): Promise<boolean> {
  const { manifest } = await openDirectoryStore(directory);
  const bytes = manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
  if (bytes > MAX_CHECKED_BYTES) return false;
  const seen = await observed(directory);
  if (seen === undefined) return false;
  const check = summary(seen);
  const file = new TextEncoder().encode(`${JSON.stringify(check)}\n`);
  const entry = { name: MODEL_CHECK_FILE, bytes: file.byteLength, sha256: await sha256Hex(file) };
  const files = manifest.files.filter(({ name }) => name !== MODEL_CHECK_FILE);
  const changed: Manifest = { ...manifest, files: [...files, entry] };
  const sink = new DirectorySink(directory);
  // The file first: a manifest never names what is not there.
  await sink.write(MODEL_CHECK_FILE, file);
  await sink.write(MANIFEST_FILE, new TextEncoder().encode(JSON.stringify(changed)));
  return true;
}

/** Undefined if the model is too large for the processor. */
async function observed(directory: string): Promise<Observed | undefined> {
  const signal = new AbortController().signal;
  const runtime = await createNodeRuntime({ backend: 'wasm' });
  try {
    const store = await openDirectoryStore(directory);
    const engine = await loadEngine(store, runtime, decodePhoto, { precision: 'f32', runLimited }, signal);
    try {
      return await observe(engine, runtime, signal);
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
