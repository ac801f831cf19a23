// What a download from a hub is held to from its first moment on, also on later visits: the commit, the host that the
// hub sends on to, and the hashes of the files.

import { Field } from '../../format/json-field.ts';
import type { Transfers } from '../download/fetch-file.ts';
import type { Shelf } from '../store/shelf.ts';
import { isPinned, type HubSourceSpec } from './hub-address.ts';
import { commitOf, listingAt, parseListing, type Listing } from './listing.ts';

export interface Pin {
  revision?: string;
  host?: string;
  /** null: there is none to be had. */
  files?: Listing | null;
}

/** `isBegun`: weights were taken on an earlier visit. The host is asked once for what is not known yet. */
export async function pinned(
  shelf: Shelf,
  source: HubSourceSpec,
  isBegun: boolean,
  transfers: Transfers,
  signal: AbortSignal,
): Promise<Pin> {
  const pin = await readPin(shelf);
  if (pin.revision === undefined) {
    const isCommit = isPinned(source.revision);
    const commit = isCommit || isBegun ? undefined : await commitOf(source, transfers, signal);
    const revision = isCommit ? source.revision : commit;
    // A branch of which the host says no commit stays a branch: a plain mirror.
    if (revision !== undefined) pin.revision = revision;
  }
  if (pin.files === undefined) {
    // What an older version took was held against nothing, and is not there any more to be.
    if (isBegun || pin.revision === undefined) pin.files = null;
    else if (source.files && pin.revision === source.revision) pin.files = source.files;
    else pin.files = (await listingAt(source, pin.revision, transfers, signal)) ?? null;
    await notePin(shelf, pin);
  }
  return pin;
}

export async function notePin(shelf: Shelf, pin: Pin): Promise<void> {
  await shelf.database.change({ records: [[pinKey(shelf), { ...pin }]] });
}

async function readPin(shelf: Shelf): Promise<Pin> {
  const value = await shelf.database.get(pinKey(shelf));
  if (value === undefined) return {};
  const root = new Field(value, 'pin: ', 'bad-manifest');
  const [revision, host] = ['revision', 'host'].map((name) => root.optional(name)?.string());
  const isWithout = (value as { files?: unknown }).files === null;
  const files = isWithout ? null : root.optional('files');
  return {
    ...(revision === undefined ? {} : { revision }),
    ...(host === undefined ? {} : { host }),
    ...(files === undefined ? {} : { files: files && parseListing(files) }),
  };
}

function pinKey(shelf: Shelf) {
  return shelf.key('note', 'pin');
}
