// Copies a package from its origin into storage: lists the missing files, fetches a few at a time, verifies each,
// stores it. A stored file is never fetched again; a file that does not match its hash is never stored.

import type { ModelRequest, WeightsEvent } from '../../contract/weights.ts';
import { Failure, fail } from '../../failure.ts';
import type { Manifest } from '../../format/manifest.ts';
import { parseManifest } from '../../format/parse-manifest.ts';
import type { Hash } from './hash.ts';
import type { PackageOrigin } from './origin.ts';
import { Progress } from './progress.ts';
import { filesOf, type PackageFile, type ModelStore } from '../store/model-store.ts';

/** How many times a file with a wrong hash is fetched again. */
const HASH_RETRIES = 2;

export interface Means {
  origin: PackageOrigin;
  hash: Hash;
}

export type Emit = (event: WeightsEvent) => void;

/**
 * Fetches a package into storage, or resumes the download. A package of a newer format fails with 'newer-format' and
 * leaves the stored model unchanged. Otherwise fails with the failures of the transfers, with 'corrupt-shard' naming
 * the file, or with 'storage-full'; verified files stay in storage.
 */
export async function downloadPackage(
  modelStore: ModelStore,
  request: ModelRequest,
  means: Means,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const manifest = parseManifest(await means.origin.manifest(signal));
  await modelStore.begin(request, manifest);
  await fetchMissing(modelStore, manifest, means, emit, signal);
  await modelStore.finish(manifest);
}

/** Fetches the files of a package that are not stored yet. */
async function fetchMissing(
  modelStore: ModelStore,
  manifest: Manifest,
  means: Means,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const kept = await modelStore.kept();
  const files = filesOf(manifest);
  const missing = files.filter((file) => !kept.has(file.sha256));
  const totalBytes = sumBytes(files);
  const resumedBytes = totalBytes - sumBytes(missing);
  const progress = new Progress(emit, { totalBytes, resumedBytes, activity: { kind: 'downloading' } });
  const queue = missing.values();
  let broken: Error | undefined;
  // If one lane fails, each of the others finishes its current file and begins no other.
  const lane = async (): Promise<void> => {
    // Each lane reuses one buffer, because allocating memory costs the system as much as copying into it.
    let buffer: ArrayBuffer | undefined;
    for (const file of queue) {
      buffer = await fetchAndStore(modelStore, file, means, progress, signal, buffer);
      if (broken !== undefined) return;
    }
  };
  const lanes = Array.from({ length: Math.min(means.origin.lanes, missing.length) }, () =>
    lane().catch((error: unknown) => {
      broken ??= error instanceof Error ? error : new Error(String(error));
    }),
  );
  await Promise.all(lanes);
  if (broken !== undefined) throw broken;
}

/** Fetches, verifies and stores one file. Returns the buffer that holds it, for reuse. */
async function fetchAndStore(
  modelStore: ModelStore,
  file: PackageFile,
  { origin, hash }: Means,
  progress: Progress,
  signal: AbortSignal,
  buffer: ArrayBuffer | undefined,
): Promise<ArrayBuffer> {
  for (let attempt = 0; ; attempt++) {
    const fetched = await fetchReporting(file, origin, progress, signal, buffer);
    const { sha256, bytes } = await hash(fetched);
    buffer = bytes.buffer;
    try {
      if (sha256 !== file.sha256) fail('corrupt-shard', `${file.name} does not match its SHA-256.`);
      await modelStore.keep(sha256, bytes);
      return buffer;
    } catch (error) {
      progress.add(-bytes.byteLength);
      if (!(error instanceof Failure) || error.code !== 'corrupt-shard' || attempt === HASH_RETRIES)
        throw error;
    }
  }
}

/**
 * Fetches a file and reports the activity: 'downloading' while any file is being fetched, and 'verifying' from the last
 * byte until the files are checked.
 */
async function fetchReporting(
  file: PackageFile,
  origin: PackageOrigin,
  progress: Progress,
  signal: AbortSignal,
  buffer: ArrayBuffer | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  progress.begin({ kind: 'downloading' });
  try {
    return await origin.fetch(file, (bytes) => progress.add(bytes), signal, buffer);
  } finally {
    progress.end({ kind: 'verifying' });
  }
}

function sumBytes(files: PackageFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
