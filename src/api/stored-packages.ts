// The models that the package keeps in this site's storage.

import type { KeptModel } from '../contract/weights.ts';
import { PACE } from '../weights/download/pace.ts';
import { Database } from '../weights/store/database.ts';
import { Weights } from '../weights/weights.ts';

/** Apart from the storage of the Darkroom app, which may lie on the same site. */
export const DATABASE = 'darkroom-engine';

/** Lists the stored models with their state and their bytes. Rejects with 'storage-failed'. */
export function storedPackages(): Promise<KeptModel[]> {
  return new Weights(new Database(DATABASE), PACE).list();
}

/**
 * Removes a model from storage; it is no error if there is none. `id`: as `openPackage` was given it, or as
 * `storedPackages` lists it. Rejects with 'busy' while a tab is fetching it, or with 'storage-failed'.
 */
export function removePackage(id: string): Promise<void> {
  return new Weights(new Database(DATABASE), PACE).remove(id);
}
