// A checkpoint from a hub into storage. The branch asked for is pinned to the commit that it stood at
// when the download began, and the host that the hub sends on to to the first one.

import type { ModelRequest } from '../../contract/weights.ts';
import { Failure, fail } from '../../failure.ts';
import { Field } from '../../format/json-field.ts';
import { convertCheckpoint } from './convert-checkpoint.ts';
import type { Tell } from '../download/download-package.ts';
import type { Transfers } from '../download/fetch-file.ts';
import { Hosts } from '../download/hosts.ts';
import { fileUrl, isPinned, type HubSourceSpec } from './hub-address.ts';
import { HubSource } from './hub-source.ts';
import type { Shelf } from '../store/shelf.ts';
import { Spool } from './spool.ts';

interface Pin {
  revision?: string;
  host?: string;
}

export async function downloadCheckpoint(
  shelf: Shelf,
  request: ModelRequest,
  source: HubSourceSpec,
  transfers: Transfers,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  const pin = await readPin(shelf);
  const setPin = (news: Pin): void => {
    Object.assign(pin, news);
    // Not worth a failure: without it, the next visit pins again.
    shelf.database.change({ records: [[pinKey(shelf), { ...pin }]] }).catch(() => undefined);
  };
  const hosts = new Hosts(source.endpoint, {
    ...(source.hosts ? { named: source.hosts } : {}),
    ...(pin.host === undefined ? {} : { pinned: pin.host }),
    onPin: (host) => setPin({ host }),
  });
  const onHeaders = (headers: Headers): void => {
    const commit = headers.get('x-repo-commit') ?? '';
    if (pin.revision === undefined && isPinned(commit)) setPin({ revision: commit });
  };
  const url = (file: string): string => fileUrl(source, pin.revision ?? source.revision, file);
  const spool = await Spool.open(shelf);
  // Transfers ahead of the reader end with the conversion, however it ends.
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const files = new HubSource({ url, hosts, transfers, onHeaders }, spool, either);
  try {
    const retire = () => spool.retire();
    await convertCheckpoint(shelf, request, files, source.preset, { tell, retire }, signal);
  } catch (error) {
    // So the converter says that what is in storage was made from something else.
    if (error instanceof Failure && error.code === 'bad-request') {
      fail('changed-file', `${source.repo} is not what it was. Remove the model and start again.`, error);
    }
    throw error;
  } finally {
    over.abort();
  }
}

function pinKey(shelf: Shelf) {
  return shelf.key('note', 'pin');
}

async function readPin(shelf: Shelf): Promise<Pin> {
  const value = await shelf.database.get(pinKey(shelf));
  if (value === undefined) return {};
  const root = new Field(value, 'pin: ', 'bad-manifest');
  const [revision, host] = ['revision', 'host'].map((name) => root.optional(name)?.string());
  return { ...(revision === undefined ? {} : { revision }), ...(host === undefined ? {} : { host }) };
}
