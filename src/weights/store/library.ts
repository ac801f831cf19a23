// All models in storage: what there is, what it takes, and taking one away.

import type { KeptModel, StorageFacts } from '../../contract/weights.ts';
import type { Database } from './database.ts';
import { Shelf } from './shelf.ts';

export async function listModels(database: Database): Promise<KeptModel[]> {
  const keys = await database.keysUnder(['model']);
  return Promise.all(keys.map(([, id]) => new Shelf(database, String(id)).describe()));
}

export async function storageFacts(): Promise<StorageFacts> {
  const [persisted, { usage, quota }] = [
    await navigator.storage.persisted(),
    await navigator.storage.estimate(),
  ];
  return { persisted, usageBytes: usage ?? null, quotaBytes: quota ?? null };
}
