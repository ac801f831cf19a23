// All operations on models in storage: those behind the weights worker, and opening a model for the engine.
// Owns the connection to storage, and the record of refused requests.

import type {
  CheckUp,
  HeldEntry,
  KeptModel,
  ModelRequest,
  ModelSource,
  WeightsEvent,
} from '../contract/weights.ts';
import { Failure, fail } from '../failure.ts';
import { MANIFEST_FILE } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { checkUp } from './download/check-up.ts';
import { convertCheckpoint } from './hub/convert-checkpoint.ts';
import type { Database } from './store/database.ts';
import { downloadPackage, type Tell } from './download/download-package.ts';
import type { Transfers } from './download/fetch-file.ts';
import { FilesSource } from './download/files-source.ts';
import { hashingHere, type Hashing } from './download/hash.ts';
import { Hosts } from './download/hosts.ts';
import { downloadCheckpoint } from './hub/hub.ts';
import { listModels } from './store/library.ts';
import { alone, ifFree } from './store/one-tab.ts';
import { FilesOrigin, HttpOrigin } from './download/origin.ts';
import type { Pace } from './download/pace.ts';
import { Refusals } from './download/refusals.ts';
import { Shelf } from './store/shelf.ts';
import { openStoredPackage } from './store/stored-package.ts';

export class Weights {
  readonly #database: Database;
  readonly #pace: Pace;
  readonly #hashing: Hashing;
  readonly #refusals = new Refusals();

  constructor(database: Database, pace: Pace, hashing = hashingHere) {
    this.#database = database;
    this.#pace = pace;
    this.#hashing = hashing;
  }

  list(): Promise<KeptModel[]> {
    return listModels(this.#database);
  }

  /**
   * Downloads, resumes or updates a model from a host or a hub. Only one tab does this at a time; the others
   * follow it.
   */
  download(request: ModelRequest, tell: Tell, signal: AbortSignal): Promise<KeptModel> {
    return this.#run(request, tell, signal, async (shelf, told) => {
      const { source } = request;
      // A package may have a newer version on its host; a converted checkpoint is either complete or not.
      if (source.kind !== 'package' && (await isReady(shelf))) return;
      if (source.kind === 'files') {
        fail('files-needed', `The files of ${request.name} must be chosen again.`);
      }
      const transfers = this.#transfers(told);
      if (source.kind === 'hub') {
        const means = { transfers, hashing: this.#hashing };
        await downloadCheckpoint(shelf, request, source, means, told, signal);
      } else {
        const origin = new HttpOrigin(source.url, hostsOf(source), transfers);
        await downloadPackage(shelf, request, { origin, ...this.#hashing }, told, signal);
      }
    });
  }

  /** Like `download`, but from files on this computer. */
  importFiles(request: ModelRequest, files: File[], tell: Tell, signal: AbortSignal): Promise<KeptModel> {
    const { source } = request;
    if (source.kind !== 'files') fail('bad-request', `The source of ${request.name} is not files.`);
    const named = new Map(files.map((file) => [file.name, file]));
    return this.#run(request, tell, signal, (shelf, told) =>
      named.has(MANIFEST_FILE)
        ? downloadPackage(shelf, request, { origin: new FilesOrigin(named), ...this.#hashing }, told, signal)
        : convertCheckpoint(shelf, request, new FilesSource(named), source.preset, { tell: told }, signal),
    );
  }

  /** Hashes all stored files of a model and drops the damaged ones. */
  checkUp(id: string, tell: Tell, signal: AbortSignal): Promise<CheckUp> {
    return alone(id, tell, signal, (told) => checkUp(new Shelf(this.#database, id), told, signal));
  }

  /** Deletes a model. Fails with 'busy' while a tab is working on it. */
  remove(id: string): Promise<void> {
    return ifFree(id, () => new Shelf(this.#database, id).clear());
  }

  /**
   * Opens a finished model for the engine. Fails with 'missing-file' if storage has none; reading a file fails
   * with 'missing-file' or 'corrupt-shard' if the file is gone or has another length. `checkUp` and `download`
   * repair that, wherever the model came from. `held`: entries that storage refused.
   */
  open(id: string, held: readonly HeldEntry[] = []): Promise<PackageStore> {
    this.#database.hold(held);
    return openStoredPackage(this.#database, id);
  }

  async #run(
    request: ModelRequest,
    tell: Tell,
    signal: AbortSignal,
    job: (shelf: Shelf, told: Tell) => Promise<void>,
  ): Promise<KeptModel> {
    const shelf = new Shelf(this.#database, request.id);
    return alone(request.id, tell, signal, async (told) => {
      try {
        await job(shelf, told);
      } catch (error) {
        if (error instanceof Failure && error.code === 'storage-full')
          fullDisk(error, await this.#room(shelf, told));
        // If nothing was fetched, the model's record is removed too.
        if (error instanceof Failure && (await shelf.isEmpty())) await shelf.clear();
        throw error;
      }
      return shelf.describe();
    });
  }

  /**
   * Reports the stored bytes, the bytes still needed and the models that could be removed; returns a sentence
   * about the first two.
   */
  async #room(shelf: Shelf, tell: Tell): Promise<string> {
    const models = await this.list();
    const mine = models.find((model) => model.id === shelf.id);
    const keptBytes = mine?.keptBytes ?? 0;
    const totalBytes = mine?.totalBytes ?? null;
    const neededBytes = totalBytes === null ? null : totalBytes - keptBytes;
    tell({
      kind: 'storage-full',
      keptBytes,
      neededBytes,
      removable: models.filter((model) => model.id !== shelf.id),
    });
    const needed = neededBytes === null ? '' : ` ${neededBytes} bytes more are needed.`;
    return `${keptBytes} bytes of this model are kept.${needed}`;
  }

  #transfers(tell: (event: WeightsEvent) => void): Transfers {
    return {
      pace: this.#pace,
      refusals: this.#refusals,
      onRetry: ({ file, failure: { code, message }, attempt, waitMs }) =>
        tell({ kind: 'retrying', file, failure: { code, message }, attempt, waitMs }),
    };
  }
}

async function isReady(shelf: Shelf): Promise<boolean> {
  return (await shelf.manifest()) !== undefined && (await shelf.describe()).state === 'ready';
}

function fullDisk(cause: Failure, room: string): never {
  fail('storage-full', `${cause.message} ${room}`, cause);
}

function hostsOf({ url, hosts }: Extract<ModelSource, { kind: 'package' }>): Hosts {
  return new Hosts(url, hosts ? { named: hosts } : {});
}
