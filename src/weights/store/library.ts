// Lists the models in storage, and reports how much storage is used.

import type { KeptModel, StorageFacts } from '../../contract/weights.ts';
import { Failure, type FailureCode } from '../../failure.ts';
import { visibleText } from '../../format/visible-text.ts';
import type { Database } from './database.ts';
import { ModelStore } from './model-store.ts';

export async function listModels(database: Database): Promise<KeptModel[]> {
  const keys = await database.keysUnder(['model']);
  return Promise.all(keys.map(([, id]) => describeOrBroken(new ModelStore(database, String(id)))));
}

/** Lists a model even if its records cannot be read, so that the user can remove it: it may take gigabytes. */
async function describeOrBroken(modelStore: ModelStore): Promise<KeptModel> {
  try {
    return await modelStore.describe();
  } catch (error) {
    if (!(error instanceof Failure) || !UNREADABLE.has(error.code)) throw error;
    const request = await modelStore.request().catch(() => undefined);
    const kept = await modelStore.kept().catch(() => new Map<string, number>());
    return {
      id: modelStore.id,
      name: request?.name ?? visibleText(modelStore.id),
      source: request?.source ?? { kind: 'files', preset: 'balanced' },
      state: 'broken',
      keptBytes: Array.from(kept.values()).reduce(
        (sum, bytes) => sum + (Number.isFinite(bytes) ? bytes : 0),
        0,
      ),
      totalBytes: null,
      preset: null,
    };
  }
}

const UNREADABLE: ReadonlySet<FailureCode> = new Set([
  'bad-manifest',
  'newer-format',
  'bad-request',
  'missing-file',
]);

/** The browser's facts about storage. WebKit may lack both methods. */
export async function storageFacts(): Promise<StorageFacts> {
  const storage: Partial<StorageManager> = 'storage' in navigator ? navigator.storage : {};
  const [persisted, estimate] = await Promise.all([
    storage.persisted?.().catch(() => false),
    storage.estimate?.().catch(() => undefined),
  ]);
  return {
    persisted: persisted ?? false,
    usageBytes: estimate?.usage ?? null,
    quotaBytes: estimate?.quota ?? null,
  };
}
