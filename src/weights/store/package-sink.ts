// The sink through which the converter writes a package into a model's place in storage. A shard waits until the record
// that names it is written. One transaction then stores both, and deletes the pieces from which the shard was made.

import type { PackageSink } from '../../convert/package-sink.ts';
import { RECORD_FILE } from '../../convert/record.ts';
import { parseJson } from '../../format/json-field.ts';
import { MANIFEST_FILE } from '../../format/manifest.ts';
import { parseManifest } from '../../format/parse-manifest.ts';
import { sha256Hex } from '../../format/sha256.ts';
import type { Change } from './change.ts';
import type { ModelStore } from './model-store.ts';

const SHARD = /^([0-9a-f]{64})\.safetensors$/;

export class ModelStoreSink implements PackageSink {
  readonly #modelStore: ModelStore;
  readonly #retire: () => Change;
  readonly #verify: () => Promise<void>;
  #waiting: { sha256: string; bytes: Uint8Array<ArrayBuffer>; retired: Change } | undefined;

  /**
   * `retire` is called once per shard, and returns the entries that may be deleted when the shard is stored. `verify`
   * is awaited before the package counts as complete, and rejects if a file turns out to be damaged.
   */
  constructor(
    modelStore: ModelStore,
    { retire, verify }: { retire?: () => Change; verify?: () => Promise<void> } = {},
  ) {
    this.#modelStore = modelStore;
    this.#retire = retire ?? (() => ({}));
    this.#verify = verify ?? (() => Promise.resolve());
  }

  async read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const sha256 = SHARD.exec(name)?.[1];
    // Only shards and the record are read back. The converter would refuse a sink that holds a manifest but no record.
    // In this storage, such a package was downloaded, and the conversion may replace it.
    if (sha256 === undefined && name !== RECORD_FILE) return undefined;
    const { database } = this.#modelStore;
    const key =
      sha256 === undefined ? this.#modelStore.key('note', name) : this.#modelStore.key('file', sha256);
    const blob = await database.file(key);
    // A file that cannot be read counts as missing, so that the converter makes it again.
    const buffer = await blob?.arrayBuffer().catch(() => undefined);
    return buffer && new Uint8Array(buffer);
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (name === RECORD_FILE) return this.#writeRecord(bytes);
    if (name === MANIFEST_FILE) {
      const json = parseJson(new TextDecoder().decode(bytes), name, 'bad-manifest');
      const manifest = parseManifest(json);
      await this.#verify();
      return this.#modelStore.finish(manifest);
    }
    const sha256 = SHARD.exec(name)?.[1];
    if (sha256 === undefined) return this.#modelStore.keep(await sha256Hex(bytes), bytes);
    this.#waiting = { sha256, bytes, retired: this.#retire() };
  }

  async remove(name: string): Promise<void> {
    const sha256 = SHARD.exec(name)?.[1];
    // The manifest stays in storage: the files that it names are checked whenever they are read.
    if (sha256 !== undefined) await this.#modelStore.drop([sha256]);
  }

  async #writeRecord(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const record: Change = { files: [[this.#modelStore.key('note', RECORD_FILE), bytes]] };
    const shard = this.#waiting;
    this.#waiting = undefined;
    if (!shard) return this.#modelStore.database.change(record);
    await this.#modelStore.keep(shard.sha256, shard.bytes, {
      ...shard.retired,
      files: record.files ?? [],
    });
  }
}
