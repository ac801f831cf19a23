// For tests: reads a package over HTTP into memory. Every file is checked against the length and the SHA-256 in the
// manifest before it is used. Nothing is kept between visits.

import { fail } from '../../../src/failure.ts';
import { MANIFEST_FILE, shardFile, type Manifest } from '../../../src/format/manifest.ts';
import type { PackageStore } from '../../../src/format/package-store.ts';
import { parseManifest } from '../../../src/format/parse-manifest.ts';
import { sha256Hex } from '../../../src/format/sha256.ts';

/** Enough fetches to use the whole bandwidth while one file is being hashed. */
const PARALLEL_FETCHES = 3;

export type FetchProgress = (doneBytes: number, totalBytes: number) => void;

/**
 * Fetches the package that lies at `base` (a URL, with or without a slash at its end).
 * Fails with 'network', 'missing-file', 'web-page', 'bad-manifest', 'newer-format' or 'corrupt-shard'; an abort of
 * `signal` is thrown as AbortError.
 */
export async function openFetchedStore(
  base: string,
  onProgress: FetchProgress,
  signal: AbortSignal,
): Promise<PackageStore> {
  const folder = base.endsWith('/') ? base : `${base}/`;
  const manifest = parseManifest(await fetchJson(folder + MANIFEST_FILE, signal));
  const wanted = filesOf(manifest);
  const totalBytes = wanted.reduce((sum, file) => sum + file.bytes, 0);
  const blobs = new Map<string, Blob>();
  let doneBytes = 0;
  onProgress(doneBytes, totalBytes);

  // One failure stops the other lanes at once, because the rest of a broken package is useless.
  const broken = new AbortController();
  const either = AbortSignal.any([signal, broken.signal]);
  const queue = wanted.values();
  const lane = async (): Promise<void> => {
    for (const file of queue) {
      blobs.set(file.name, await fetchVerified(folder, file, either));
      doneBytes += file.bytes;
      onProgress(doneBytes, totalBytes);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARALLEL_FETCHES }, lane));
  } catch (error) {
    broken.abort();
    throw error;
  }
  return new MemoryStore(manifest, blobs);
}

interface WantedFile {
  name: string;
  bytes: number;
  sha256: string;
}

function filesOf(manifest: Manifest): WantedFile[] {
  const shards = manifest.shards.map((shard) => ({ ...shard, name: shardFile(shard) }));
  return [...manifest.files, ...shards];
}

class MemoryStore implements PackageStore {
  readonly manifest: Manifest;
  readonly #blobs: ReadonlyMap<string, Blob>;

  constructor(manifest: Manifest, blobs: ReadonlyMap<string, Blob>) {
    this.manifest = manifest;
    this.#blobs = blobs;
  }

  async file(name: string): Promise<Uint8Array> {
    const blob = this.#blobs.get(name) ?? fail('missing-file', `The package has no file ${name}.`);
    return new Uint8Array(await blob.arrayBuffer());
  }

  shard(index: number): Promise<Blob> {
    const shard = this.manifest.shards[index];
    const blob = shard === undefined ? undefined : this.#blobs.get(shardFile(shard));
    if (blob === undefined) fail('bad-request', `The package has no shard ${index}.`);
    return Promise.resolve(blob);
  }
}

async function fetchVerified(folder: string, file: WantedFile, signal: AbortSignal): Promise<Blob> {
  const response = await fetchFile(folder + file.name, signal);
  const blob = await transfer(file.name, signal, () => response.blob());
  if (blob.size !== file.bytes) {
    fail('corrupt-shard', `${file.name} has ${blob.size} bytes where the manifest says ${file.bytes}.`);
  }
  const sha256 = await sha256Hex(new Uint8Array(await blob.arrayBuffer()));
  if (sha256 !== file.sha256) fail('corrupt-shard', `${file.name} does not match its SHA-256.`);
  return blob;
}

async function fetchJson(url: string, signal: AbortSignal): Promise<unknown> {
  const response = await fetchFile(url, signal);
  const text = await transfer(url, signal, () => response.text());
  try {
    return JSON.parse(text);
  } catch (cause) {
    fail('bad-manifest', `${url} is not JSON.`, cause);
  }
}

async function fetchFile(url: string, signal: AbortSignal): Promise<Response> {
  const response = await transfer(url, signal, () => fetch(url, { signal }));
  if (response.status === 404) fail('missing-file', `${url} does not exist.`);
  if (!response.ok) fail('network', `${url} was answered with ${response.status}.`);
  // For a file that does not exist, some hosts answer 200 with their start page.
  if (response.headers.get('content-type')?.startsWith('text/html') === true) {
    fail('web-page', `${url} was answered with a web page.`);
  }
  return response;
}

/** Runs one step of a transfer. A broken connection fails with 'network'; an abort stays an abort. */
async function transfer<T>(name: string, signal: AbortSignal, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (cause) {
    signal.throwIfAborted();
    fail(
      'network',
      `${name} could not be fetched: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}
