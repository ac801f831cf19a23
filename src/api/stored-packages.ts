// The models that the package keeps in this site's storage.

import type { KeptModel } from '../contract/weights.ts';
import { PACE } from '../weights/download/pace.ts';
import { Database } from '../weights/store/database.ts';
import { Weights } from '../weights/weights.ts';

/** The name differs from that of the Darkroom app's own database, because the app may be served by the same site. */
export const DATABASE = 'darkroom-engine';

/** Lists the stored models with their state and their size in bytes. Rejects with 'storage-failed'. */
export function storedPackages(): Promise<KeptModel[]> {
  return new Weights(new Database(DATABASE), PACE).list();
}

/**
 * Removes a model from storage. It is not an error if there is none. `id`: the id that was passed to `openPackage`, or
 * that `storedPackages` lists. Rejects with 'busy' while a tab is fetching the model, or with 'storage-failed'.
 */
export function removePackage(id: string): Promise<void> {
  return new Weights(new Database(DATABASE), PACE).remove(id);
}
