// Downloads a checkpoint from a hub into storage. Three facts stay fixed from the beginning: the commit that
// the branch pointed to, the first host that the hub redirected to, and the hash of each file that the
// catalogue or the hub gives.

import type { ModelRequest } from '../../contract/weights.ts';
import { parseRecord, RECORD_FILE } from '../../convert/record.ts';
import { convertCheckpoint } from './convert-checkpoint.ts';
import type { Emit } from '../download/download-package.ts';
import type { Transfers } from '../download/fetch-file.ts';
import type { Hashing } from '../download/hash.ts';
import { Hosts } from '../download/hosts.ts';
import { Progress } from '../download/progress.ts';
import type { Change } from '../store/change.ts';
import { BadFile, FileChecks } from './file-checks.ts';
import { fileUrl, isPinned, type HubSourceSpec } from './hub-address.ts';
import { HubSource } from './hub-source.ts';
import { isSideFile, notePin, pinned, type Pin } from './pin.ts';
import type { ModelStore } from '../store/model-store.ts';
import { Spool } from './spool.ts';

export interface Means {
  transfers: Transfers;
  hashing: Hashing;
}

/**
 * Fails with the failures of the transfers and of the converter, or with 'corrupt-shard', naming the file, if a file
 * does not match its hash.
 */
export async function downloadCheckpoint(
  modelStore: ModelStore,
  request: ModelRequest,
  source: HubSourceSpec,
  { transfers, hashing }: Means,
  emit: Emit,
  signal: AbortSignal,
): Promise<void> {
  const spool = await Spool.open(modelStore);
  const isBegun = spool.isBegun || (await modelStore.manifest()) !== undefined;
  const pin = await pinned(modelStore, source, isBegun, transfers, signal);
  const checks = pin.files ? await FileChecks.open(pin.files, modelStore, hashing) : undefined;
  const setPin = (news: Pin): void => {
    Object.assign(pin, news);
    // This write may fail: the next visit then pins the host again.
    notePin(modelStore, pin).catch(() => undefined);
  };
  const hosts = new Hosts(source.endpoint, {
    ...(source.hosts ? { named: source.hosts } : {}),
    ...(pin.host === undefined ? {} : { pinned: pin.host }),
    onPin: (host) => setPin({ host }),
  });
  const onHeaders = (headers: Headers): void => {
    const commit = headers.get('x-repo-commit') ?? '';
    // If the checkpoint has two repositories, either may have sent the headers.
    if (pin.revision === undefined && !source.sideFiles && isPinned(commit)) setPin({ revision: commit });
  };
  const url = (file: string): string => {
    const side = source.sideFiles;
    return side && isSideFile(file)
      ? fileUrl({ ...source, ...side }, pin.sideRevision ?? side.revision, file)
      : fileUrl(source, pin.revision ?? source.revision, file);
  };
  // Transfers ahead of the converter must end when the conversion ends, in whatever way.
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const names = pin.files ? { names: Object.keys(pin.files) } : {};
  const read = { ...names, ...(source.gguf ? { gguf: source.gguf } : {}) };
  const files = new HubSource({ url, hosts, transfers, onHeaders, checks }, spool, read, either);
  const retire = (): Change => {
    const reached = checks && ((file: string) => checks.reached(file));
    const { records = [], ...leaving } = spool.retire(reached);
    return { ...leaving, records: [...records, ...(checks?.records() ?? [])] };
  };
  const verify = async (): Promise<void> => {
    if (!checks) return;
    await files.verify(followHash(emit));
    await modelStore.noteChecked();
  };
  try {
    // The commit and the hashes stay fixed, so only a damaged sample or a newer converter can make another conversion.
    const startsOver = checks !== undefined;
    const hooks = { emit, startsOver, retire, verify };
    await convertCheckpoint(modelStore, request, files, source.preset, hooks, signal);
  } catch (error) {
    over.abort();
    if (error instanceof BadFile && checks?.isSound(error.file) === false) {
      await dropMadeOf(modelStore, error.file);
      await checks.forget(error.file);
      await spool.forget(error.file);
    }
    throw error;
  } finally {
    over.abort();
  }
}

/** Reports the hashing at the end as progress, by the bytes that are left to hash. */
function followHash(emit: Emit): (bytes: number, left: number) => void {
  let progress: Progress | undefined;
  return (bytes, totalBytes) => {
    progress ??= new Progress(emit, { totalBytes, resumedBytes: 0, activity: { kind: 'verifying' } });
    progress.add(bytes);
  };
}

/** Drops the shards that were made from a file; the others stay. */
async function dropMadeOf(modelStore: ModelStore, file: string): Promise<void> {
  const blob = await modelStore.database.file(modelStore.key('note', RECORD_FILE));
  if (!blob) return;
  const { shards } = parseRecord(new Uint8Array(await blob.arrayBuffer()));
  await modelStore.drop(
    shards.filter(({ files }) => files?.includes(file) ?? true).map(({ sha256 }) => sha256),
  );
}
