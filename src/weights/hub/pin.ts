// The facts that stay fixed for a download from a hub, from its beginning and over all visits: the commit, the host to
// which the hub redirects, and the hashes of the files.

import { Field } from '../../format/json-field.ts';
import type { Transfers } from '../download/fetch-file.ts';
import type { ModelStore } from '../store/model-store.ts';
import { isPinned, type HubSourceSpec } from './hub-address.ts';
import { commitOf, listingAt, parseListing, type Listing } from './listing.ts';

export interface Pin {
  revision?: string;
  host?: string;
  /** The commit of the repository that has the side files. */
  sideRevision?: string;
  /** null if the hub gives no listing. The side files are listed, too. */
  files?: Listing | null;
}

/**
 * Reads the pin, and asks the hub once for the facts that are still missing. `isBegun`: an earlier visit fetched
 * weights.
 */
export async function pinned(
  modelStore: ModelStore,
  source: HubSourceSpec,
  isBegun: boolean,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<Pin> {
  const pin = await readPin(modelStore);
  if (pin.revision === undefined) {
    const isCommit = isPinned(source.revision);
    const commit = isCommit || isBegun ? undefined : await commitOf(source, transfers, signal);
    const revision = isCommit ? source.revision : commit;
    // If the host reports no commit (a plain mirror reports none), the branch is not pinned.
    if (revision !== undefined) pin.revision = revision;
  }
  if (pin.files === undefined) {
    // An older version of this app did not check the weights that it fetched. It may have deleted them since, so they
    // can no longer be checked.
    if (isBegun || pin.revision === undefined) pin.files = null;
    else if (source.files && pin.revision === source.revision) pin.files = source.files;
    else pin.files = (await listingAt(source, pin.revision, transfers, signal)) ?? null;
    if (pin.files !== null && source.sideFiles) {
      const side = { ...source, ...source.sideFiles };
      const { revision } = side;
      const commit = isPinned(revision) ? revision : await commitOf(side, transfers, signal);
      const listing = commit === undefined ? undefined : await listingAt(side, commit, transfers, signal);
      if (commit !== undefined) pin.sideRevision = commit;
      const named = Object.entries(listing ?? {}).filter(([name]) => isSideFile(name));
      const weights = Object.entries(pin.files).filter(([name]) => !isSideFile(name));
      pin.files = Object.fromEntries([...weights, ...named]);
    }
    await notePin(modelStore, pin);
  }
  return pin;
}

/** Whether a checkpoint in GGUF files takes this file from the original checkpoint. */
export function isSideFile(name: string): boolean {
  return !/\.(gguf|safetensors)$|index\.json$/.test(name);
}

export async function notePin(modelStore: ModelStore, pin: Pin): Promise<void> {
  await modelStore.database.change({ records: [[pinKey(modelStore), { ...pin }]] });
}

async function readPin(modelStore: ModelStore): Promise<Pin> {
  const value = await modelStore.database.get(pinKey(modelStore));
  if (value === undefined) return {};
  const root = new Field(value, 'pin: ', 'bad-manifest');
  const [revision, host, sideRevision] = ['revision', 'host', 'sideRevision'].map((name) =>
    root.optional(name)?.string(),
  );
  const isWithout = (value as { files?: unknown }).files === null;
  const files = isWithout ? null : root.optional('files');
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(host === undefined ? {} : { host }),
    ...(sideRevision === undefined ? {} : { sideRevision }),
    ...(files === undefined ? {} : { files: files && parseListing(files) }),
  };
}

function pinKey(modelStore: ModelStore) {
  return modelStore.key('note', 'pin');
}
