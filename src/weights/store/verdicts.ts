// Stores verdicts on whether a model computes correctly on a device, and the references that the processor computed for
// models whose packages have none. They lie beside the model and are deleted with it.

import type { Database } from './database.ts';
import { ModelStore } from './model-store.ts';

/** A verdict expires after this time, because a page cannot notice an update of the driver. */
const BELIEVED_MS = 7 * 24 * 3600_000;

export class Verdicts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /**
   * `device`: a text that names everything on which the numbers depend. Returns undefined if there is no verdict, or if
   * it has expired.
   */
  async of(modelId: string, device: string): Promise<boolean | undefined> {
    const value = await this.#database.get(new ModelStore(this.#database, modelId).key('verdict', device));
    if (typeof value !== 'object' || value === null || !('isRight' in value) || !('at' in value)) {
      return undefined;
    }
    const { isRight, at } = value;
    const isFresh = typeof at === 'number' && Math.abs(Date.now() - at) < BELIEVED_MS;
    return isFresh && typeof isRight === 'boolean' ? isRight : undefined;
  }

  /** The reference that was stored for the package with this hash, not yet parsed; undefined if there is none. */
  async reference(modelId: string, hash: string): Promise<unknown> {
    return this.#database.get(new ModelStore(this.#database, modelId).key('reference', hash));
  }

  /** `hash`: the hash of the package for which the reference was computed. */
  async noteReference(modelId: string, hash: string, reference: object): Promise<void> {
    const key = new ModelStore(this.#database, modelId).key('reference', hash);
    await this.#database.change({ records: [[key, reference]] });
  }

  async note(modelId: string, device: string, isRight: boolean): Promise<void> {
    const key = new ModelStore(this.#database, modelId).key('verdict', device);
    await this.#database.change({ records: [[key, { isRight, at: Date.now() }]] });
  }
}
