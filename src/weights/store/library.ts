// All models in storage: what there is, what it takes, and taking one away.

import type { KeptModel, StorageFacts } from '../../contract/weights.ts';
import type { Database } from './database.ts';
import { Shelf } from './shelf.ts';

export async function listModels(database: Database): Promise<KeptModel[]> {
  const keys = await database.keysUnder(['model']);
  return Promise.all(keys.map(([, id]) => new Shelf(database, String(id)).describe()));
}

/** As far as the browser tells: WebKit's may have neither call. */
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
