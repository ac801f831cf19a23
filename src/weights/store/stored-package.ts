// A package in storage, in the form that the engine reads. Keeps the Blob of each shard after the first request, so
// that random reads are slices of that Blob.

import { fail, Failure } from '../../failure.ts';
import { shardFile, type Manifest } from '../../format/manifest.ts';
import type { PackageStore } from '../../format/package-store.ts';
import { sha256Hex } from '../../format/sha256.ts';
import type { Database } from './database.ts';
import { ModelStore, type PackageFile } from './model-store.ts';

/** Opens a model. Fails with 'missing-file' if it is not in storage or not finished, or with 'newer-format'. */
export async function openStoredPackage(database: Database, id: string): Promise<PackageStore> {
  const modelStore = new ModelStore(database, id);
  const manifest = await modelStore.manifest();
  if (!manifest) fail('missing-file', `There is no finished model ${id} in storage.`);
  return new StoredPackage(modelStore, manifest);
}

class StoredPackage implements PackageStore {
  readonly manifest: Manifest;
  readonly #modelStore: ModelStore;
  readonly #blobs = new Map<string, Promise<Blob>>();

  constructor(modelStore: ModelStore, manifest: Manifest) {
    this.manifest = manifest;
    this.#modelStore = modelStore;
  }

  async file(name: string): Promise<Uint8Array> {
    const file = this.manifest.files.find((each) => each.name === name);
    if (!file) fail('missing-file', `The package has no file ${name}.`);
    return new Uint8Array(await (await this.#held(file)).arrayBuffer());
  }

  /** Fails with 'missing-file', or with 'corrupt-shard' if the length is wrong. Only a check-up verifies hashes. */
  shard(index: number): Promise<Blob> {
    const shard = this.manifest.shards[index];
    if (!shard) fail('bad-request', `The package has no shard ${index}.`);
    return this.#held({ ...shard, name: shardFile(shard) });
  }

  #held(file: PackageFile): Promise<Blob> {
    const known = this.#blobs.get(file.sha256);
    if (known) return known;
    const opened = soundFile(this.#modelStore, file, false);
    this.#blobs.set(file.sha256, opened);
    // The file may have been repaired by the next read, so the failure is not kept.
    opened.catch(() => this.#blobs.delete(file.sha256));
    return opened;
  }
}

const DAMAGE = new Set(['missing-file', 'corrupt-shard']);

/**
 * Returns a stored file after checking it. Fails with 'missing-file' if the file is gone, and with 'corrupt-shard' if
 * it has another length, cannot be read, or (with `hash`) does not match its SHA-256.
 */
export async function soundFile(modelStore: ModelStore, file: PackageFile, hash: boolean): Promise<Blob> {
  const { name, bytes, sha256 } = file;
  const blob = await modelStore.file(sha256);
  if (!blob) fail('missing-file', `${name} is not in storage.`);
  if (blob.size !== bytes) {
    fail('corrupt-shard', `${name} has ${blob.size} bytes in storage; the manifest says ${bytes}.`);
  }
  if (hash && (await sha256Hex(await readBlob(blob, name))) !== sha256) {
    fail('corrupt-shard', `${name} does not match its SHA-256 in storage.`);
  }
  return blob;
}

/** Whether a stored file exists and matches its SHA-256. */
export async function isSound(modelStore: ModelStore, file: PackageFile): Promise<boolean> {
  try {
    await soundFile(modelStore, file, true);
    return true;
  } catch (error) {
    if (error instanceof Failure && DAMAGE.has(error.code)) return false;
    throw error;
  }
}

/** The file behind a Blob may be damaged or gone although storage lists it. */
async function readBlob(blob: Blob, name: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (cause) {
    fail('corrupt-shard', `${name} cannot be read from storage.`, cause);
  }
}
