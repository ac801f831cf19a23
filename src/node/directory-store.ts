// A package in a directory, for the engine in Node. Each read of a side file checks the file against the manifest's
// hash, because a swapped vocabulary would change every answer. verifyShards checks the shards separately, because that
// reads all of them.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../failure.ts';
import { parseJson } from '../format/json-field.ts';
import { MANIFEST_FILE, shardFile, type Manifest } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { parseManifest } from '../format/parse-manifest.ts';
import { sha256Hex } from '../format/sha256.ts';
import { fileBlob } from './file-blob.ts';
import { hasCode } from './system-error.ts';

export class DirectoryStore implements PackageStore {
  readonly manifest: Manifest;
  readonly #directory: string;
  readonly #shards = new Map<number, Promise<Blob>>();

  constructor(directory: string, manifest: Manifest) {
    this.#directory = directory;
    this.manifest = manifest;
  }

  /** Fails with 'missing-file', or with 'corrupt-shard' if the file does not match the manifest. */
  async file(name: string): Promise<Uint8Array> {
    const file = this.manifest.files.find((each) => each.name === name);
    if (file === undefined) fail('missing-file', `The package has no file ${name}.`);
    const bytes = new Uint8Array(await readOrFail(this.#directory, name));
    if (bytes.byteLength !== file.bytes || (await sha256Hex(bytes)) !== file.sha256) {
      fail('corrupt-shard', `${join(this.#directory, name)} is not the file that the manifest names.`);
    }
    return bytes;
  }

  /** Fails with 'missing-file', or with 'corrupt-shard' if the file's length differs from that in the manifest. */
  shard(index: number): Promise<Blob> {
    const blob = this.#shards.get(index) ?? this.#open(index);
    this.#shards.set(index, blob);
    return blob;
  }

  async #open(index: number): Promise<Blob> {
    const shard = this.manifest.shards[index];
    if (!shard) fail('bad-request', `The package has no shard ${index}.`);
    const path = join(this.#directory, shardFile(shard));
    let blob: Blob;
    try {
      blob = await fileBlob(path);
    } catch (error) {
      fail('missing-file', `The package lacks ${path}.`, error);
    }
    if (blob.size !== shard.bytes) {
      fail('corrupt-shard', `${path} has ${blob.size} bytes; the manifest says ${shard.bytes}.`);
    }
    return blob;
  }
}

/** Opens a package. Fails with 'missing-file' if there is none, 'bad-manifest' or 'newer-format'. */
export async function openDirectoryStore(directory: string): Promise<DirectoryStore> {
  const text = (await readOrFail(directory, MANIFEST_FILE)).toString('utf8');
  return new DirectoryStore(directory, parseManifest(parseJson(text, MANIFEST_FILE, 'bad-manifest')));
}

async function readOrFail(directory: string, name: string): Promise<Buffer> {
  const path = join(directory, name);
  try {
    return await readFile(path);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) fail('missing-file', `There is no ${path}.`, error);
    throw error;
  }
}
