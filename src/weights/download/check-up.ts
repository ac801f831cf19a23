// A check-up, which reads and hashes all stored files of a model.

import type { CheckUp } from '../../contract/weights.ts';
import { fail } from '../../failure.ts';
import type { Emit } from './download-package.ts';
import { Progress } from './progress.ts';
import { filesOf, type PackageFile, type ModelStore } from '../store/model-store.ts';
import { isSound } from '../store/stored-package.ts';

/**
 * Drops files that are missing, have another length, cannot be read or do not match their hash, so that the next
 * download fetches only those files again. Fails with 'missing-file' for a model that is not in storage.
 */
export async function checkUp(modelStore: ModelStore, emit: Emit, signal: AbortSignal): Promise<CheckUp> {
  const manifest = (await modelStore.manifest()) ?? (await modelStore.pending());
  if (!manifest) fail('missing-file', `There is no model ${modelStore.id} in storage.`);
  const kept = await modelStore.kept();
  const isFinished = (await modelStore.manifest()) !== undefined;
  // A file that an unfinished download has not fetched yet is not damaged.
  const files = filesOf(manifest).filter((file) => isFinished || kept.has(file.sha256));
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const progress = new Progress(emit, { totalBytes, resumedBytes: 0, activity: { kind: 'verifying' } });
  const damaged: PackageFile[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    if (!(await isSound(modelStore, file))) damaged.push(file);
    progress.add(file.bytes);
  }
  await modelStore.drop(damaged.map((file) => file.sha256));
  return { checkedFiles: files.length, damaged: damaged.map((file) => file.name) };
}
