// One model's place in storage. The key of a file is its SHA-256, so that a newer version of a model can be stored
// beside the older one and share its unchanged files. A file and the note that it is stored are written in one
// transaction. Callers pass verified bytes only.

import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';
import { shardFile, type Manifest } from '../../format/manifest.ts';
import { parseManifest } from '../../format/parse-manifest.ts';
import type { Database } from './database.ts';
import type { Change, Key } from './change.ts';
import { parseModelRequest } from './model-record.ts';

/** A file of a package: side file or shard. */
export interface PackageFile {
  name: string;
  bytes: number;
  sha256: string;
}

/** The kinds of entries. A key begins with the kind, followed by the model's id. */
const KINDS = [
  'model',
  'manifest',
  'pending',
  'kept',
  'file',
  'note',
  'probe',
  'piece',
  'used',
  'hash',
  'whole',
  'verdict',
  'reference',
  'as-bytes',
] as const;
export type EntryKind = (typeof KINDS)[number];

const CHECKED = 'checked';

/** The largest size of a model that may be held in memory if storage refuses it. */
const HELD_BYTES = 200e6;

export class ModelStore {
  readonly id: string;
  readonly database: Database;
  /** Whether the package that is being fetched is small enough to be held in memory. */
  #mayBeHeld = false;

  constructor(database: Database, id: string) {
    this.database = database;
    this.id = id;
  }

  key(kind: EntryKind, ...rest: (string | number)[]): Key {
    return [kind, this.id, ...rest];
  }

  async request(): Promise<ModelRequest | undefined> {
    const value = await this.database.get(this.key('model'));
    return value === undefined ? undefined : parseModelRequest(value);
  }

  /** The manifest of the package that can be loaded; undefined if none is complete. */
  manifest(): Promise<Manifest | undefined> {
    return this.#manifest('manifest');
  }

  /** The manifest of the package that is being fetched. */
  pending(): Promise<Manifest | undefined> {
    return this.#manifest('pending');
  }

  /** The SHA-256 of every stored file, with its length in bytes. */
  async kept(): Promise<Map<string, number>> {
    const entries = await this.database.under(this.key('kept'));
    return new Map(entries.map(([key, bytes]) => [String(key[2]), Number(bytes)]));
  }

  file(sha256: string): Promise<Blob | undefined> {
    return this.database.file(this.key('file', sha256));
  }

  /** Stores the model's request, and `pending` if it is given. Files of earlier visits stay. */
  async begin(request: ModelRequest, pending?: Manifest): Promise<void> {
    const records: [Key, unknown][] = [[this.key('model'), request]];
    if (pending) records.push([this.key('pending'), pending]);
    this.#mayBeHeld = pending !== undefined && sum(filesOf(pending).map((file) => file.bytes)) <= HELD_BYTES;
    await this.database.change({ records }, this.#mayBeHeld);
  }

  /** Stores a verified file, and makes the change `more` in the same transaction. */
  async keep(sha256: string, bytes: Uint8Array<ArrayBuffer>, more: Change = {}): Promise<void> {
    const change: Change = {
      ...more,
      files: [...(more.files ?? []), [this.key('file', sha256), bytes]],
      records: [...(more.records ?? []), [this.key('kept', sha256), bytes.byteLength]],
    };
    await this.database.change(change, this.#mayBeHeld);
  }

  /** Drops files that turned out to be damaged. */
  async drop(hashes: string[]): Promise<void> {
    const gone = hashes.flatMap((sha256) => [this.key('kept', sha256), this.key('file', sha256)]);
    await this.database.change({ gone });
  }

  /**
   * Makes `manifest` the package that can be loaded, and deletes the files that it does not name. All its files must be
   * stored; otherwise this fails with 'missing-file'.
   */
  async finish(manifest: Manifest): Promise<void> {
    const named = new Set(filesOf(manifest).map((file) => file.sha256));
    const kept = await this.kept();
    const lacking = filesOf(manifest).find((file) => !kept.has(file.sha256));
    if (lacking) fail('missing-file', `${lacking.name} is not in storage.`);
    const stray = Array.from(kept.keys()).filter((sha256) => !named.has(sha256));
    const change: Change = {
      records: [[this.key('manifest'), manifest]],
      gone: [this.key('pending'), ...stray.flatMap((s) => [this.key('kept', s), this.key('file', s)])],
      goneUnder: [this.key('probe'), this.key('piece'), this.key('used')],
    };
    await this.database.change(change, this.#mayBeHeld);
  }

  /** Notes that all files of the checkpoint matched the hashes of the catalogue or the hub. */
  async noteChecked(): Promise<void> {
    await this.database.change({ records: [[this.key('note', CHECKED), true]] });
  }

  async #isChecked(): Promise<boolean> {
    return (await this.database.get(this.key('note', CHECKED))) === true;
  }

  /** Whether nothing of the model is stored yet: no manifest, no file, no piece of a file. */
  async isEmpty(): Promise<boolean> {
    const { database } = this;
    const begun = await Promise.all(
      (['manifest', 'pending', 'kept', 'file', 'piece'] as const).map((kind) =>
        database.keysUnder(this.key(kind)),
      ),
    );
    return begun.every((keys) => keys.length === 0);
  }

  /** Deletes the model, with all entries under its id. */
  async clear(): Promise<void> {
    await this.database.change({ goneUnder: KINDS.map((kind) => this.key(kind)) });
  }

  /** Fails with 'missing-file' for a model that was never begun. */
  async describe(): Promise<KeptModel> {
    const request = await this.request();
    if (!request) fail('missing-file', `There is no model ${this.id} in storage.`);
    const [manifest, pending, kept] = [await this.manifest(), await this.pending(), await this.kept()];
    const wanted = pending ?? manifest;
    const files = wanted && filesOf(wanted);
    const keptBytes = sum(
      files ? files.map((file) => (kept.has(file.sha256) ? file.bytes : 0)) : Array.from(kept.values()),
    );
    const totalBytes = files ? sum(files.map((file) => file.bytes)) : null;
    const isWhole = manifest && filesOf(manifest).every((file) => kept.has(file.sha256));
    const state = !isWhole ? 'unfinished' : pending ? 'updating' : 'ready';
    const isForThisVisit = await this.database.isForThisVisit(this.id);
    const isUnchecked = request.source.kind === 'hub' && state === 'ready' && !(await this.#isChecked());
    return {
      ...{ ...request, state, keptBytes, totalBytes, preset: wanted?.preset ?? null },
      ...(isUnchecked ? { isUnchecked } : {}),
      ...(isForThisVisit ? { isForThisVisit } : {}),
    };
  }

  async #manifest(kind: 'manifest' | 'pending'): Promise<Manifest | undefined> {
    const value = await this.database.get(this.key(kind));
    return value === undefined ? undefined : parseManifest(value);
  }
}

/** Every file of a package once, side files before shards. */
export function filesOf(manifest: Manifest): PackageFile[] {
  const shards = manifest.shards.map((shard) => ({ ...shard, name: shardFile(shard) }));
  const files = new Map([...manifest.files, ...shards].map((file) => [file.sha256, file]));
  return Array.from(files.values());
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
