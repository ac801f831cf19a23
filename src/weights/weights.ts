// All operations on models in storage: those that the weights worker offers, and opening a model for the engine. Owns
// the connection to storage, and the record of refused requests.

import type { CheckUp, KeptModel, ModelRequest, ModelSource, WeightsEvent } from '../contract/weights.ts';
import type { HeldEntry } from '../contract/held-entry.ts';
import { Failure, fail } from '../failure.ts';
import { MANIFEST_FILE } from '../format/manifest.ts';
import type { PackageStore } from '../format/package-store.ts';
import { checkUp } from './download/check-up.ts';
import { convertCheckpoint } from './hub/convert-checkpoint.ts';
import type { Database } from './store/database.ts';
import { downloadPackage, type Emit } from './download/download-package.ts';
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
import { ModelStore } from './store/model-store.ts';
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
   * Downloads, resumes or updates a model from a host or a hub. Only one tab at a time does this; the others receive
   * its events.
   */
  download(request: ModelRequest, emit: Emit, signal: AbortSignal): Promise<KeptModel> {
    return this.#run(request, emit, signal, async (modelStore, emitToAll) => {
      const { source } = request;
      // The host of a package may have a newer version of it; a converted checkpoint is either complete or not.
      if (source.kind !== 'package' && (await isReady(modelStore))) return;
      if (source.kind === 'files') {
        fail('files-needed', `The files of ${request.name} must be chosen again.`);
      }
      const transfers = this.#transfers(emitToAll);
      if (source.kind === 'hub') {
        const means = { transfers, hashing: this.#hashing };
        await downloadCheckpoint(modelStore, request, source, means, emitToAll, signal);
      } else {
        const origin = new HttpOrigin(source.url, hostsOf(source), transfers);
        await downloadPackage(modelStore, request, { origin, ...this.#hashing }, emitToAll, signal);
      }
    });
  }

  /** Like `download`, but from files on this computer. */
  importFiles(request: ModelRequest, files: File[], emit: Emit, signal: AbortSignal): Promise<KeptModel> {
    const { source } = request;
    if (source.kind !== 'files') fail('bad-request', `The source of ${request.name} is not files.`);
    const named = new Map(files.map((file) => [file.name, file]));
    return this.#run(request, emit, signal, (modelStore, emitToAll) =>
      named.has(MANIFEST_FILE)
        ? downloadPackage(
            modelStore,
            request,
            { origin: new FilesOrigin(named), ...this.#hashing },
            emitToAll,
            signal,
          )
        : convertCheckpoint(
            modelStore,
            request,
            new FilesSource(named),
            source.preset,
            { emit: emitToAll },
            signal,
          ),
    );
  }

  /** Hashes all stored files of a model and drops the damaged ones. */
  checkUp(id: string, emit: Emit, signal: AbortSignal): Promise<CheckUp> {
    return alone(id, emit, signal, (emitToAll) =>
      checkUp(new ModelStore(this.#database, id), emitToAll, signal),
    );
  }

  /** Deletes a model. Fails with 'busy' while a tab is working on it. */
  remove(id: string): Promise<void> {
    return ifFree(id, () => new ModelStore(this.#database, id).clear());
  }

  /**
   * Opens a finished model for the engine. Fails with 'missing-file' if storage has none; reading a file fails with
   * 'missing-file' or 'corrupt-shard' if the file is gone or has another length. `checkUp` and `download` repair such
   * files, whatever the model's source. `held`: entries that storage refused.
   */
  open(id: string, held: readonly HeldEntry[] = []): Promise<PackageStore> {
    this.#database.hold(held);
    return openStoredPackage(this.#database, id);
  }

  async #run(
    request: ModelRequest,
    emit: Emit,
    signal: AbortSignal,
    job: (modelStore: ModelStore, emitToAll: Emit) => Promise<void>,
  ): Promise<KeptModel> {
    const modelStore = new ModelStore(this.#database, request.id);
    return alone(request.id, emit, signal, async (emitToAll) => {
      try {
        await job(modelStore, emitToAll);
      } catch (error) {
        if (error instanceof Failure && error.code === 'storage-full')
          fullDisk(error, await this.#reportFullDisk(modelStore, emitToAll));
        // If nothing was fetched, the model's record is removed too.
        if (error instanceof Failure && (await modelStore.isEmpty())) await modelStore.clear();
        throw error;
      }
      return modelStore.describe();
    });
  }

  /**
   * Reports the stored bytes, the bytes still needed and the models that could be removed. Returns a sentence about the
   * two numbers of bytes.
   */
  async #reportFullDisk(modelStore: ModelStore, emit: Emit): Promise<string> {
    const models = await this.list();
    const mine = models.find((model) => model.id === modelStore.id);
    const keptBytes = mine?.keptBytes ?? 0;
    const totalBytes = mine?.totalBytes ?? null;
    const neededBytes = totalBytes === null ? null : totalBytes - keptBytes;
    emit({
      kind: 'storage-full',
      keptBytes,
      neededBytes,
      removable: models.filter((model) => model.id !== modelStore.id),
    });
    const needed = neededBytes === null ? '' : ` ${neededBytes} bytes more are needed.`;
    return `${keptBytes} bytes of this model are kept.${needed}`;
  }

  #transfers(emit: (event: WeightsEvent) => void): Transfers {
    return {
      pace: this.#pace,
      refusals: this.#refusals,
      onRetry: ({ file, failure: { code, message }, attempt, waitMs }) =>
        emit({ kind: 'retrying', file, failure: { code, message }, attempt, waitMs }),
    };
  }
}

async function isReady(modelStore: ModelStore): Promise<boolean> {
  return (await modelStore.manifest()) !== undefined && (await modelStore.describe()).state === 'ready';
}

function fullDisk(cause: Failure, buffer: string): never {
  fail('storage-full', `${cause.message} ${buffer}`, cause);
}

function hostsOf({ url, hosts }: Extract<ModelSource, { kind: 'package' }>): Hosts {
  return new Hosts(url, hosts ? { named: hosts } : {});
}
