// Whether a model was seen to compute rightly on a device: remembered beside the model, and gone with it.

import type { Database } from './database.ts';
import { Shelf } from './shelf.ts';

/** A driver that was updated is not told to pages: what was seen is not believed for longer. */
const BELIEVED_MS = 7 * 24 * 3600_000;

export class Verdicts {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** `device`: everything that the numbers depend on. Undefined where it is not known, or not any more. */
  async of(modelId: string, device: string): Promise<boolean | undefined> {
    const value = await this.#database.get(new Shelf(this.#database, modelId).key('verdict', device));
    if (typeof value !== 'object' || value === null || !('isRight' in value) || !('at' in value)) {
      return undefined;
    }
    const { isRight, at } = value;
    const isFresh = typeof at === 'number' && Math.abs(Date.now() - at) < BELIEVED_MS;
    return isFresh && typeof isRight === 'boolean' ? isRight : undefined;
  }

  async note(modelId: string, device: string, isRight: boolean): Promise<void> {
    const key = new Shelf(this.#database, modelId).key('verdict', device);
    await this.#database.change({ records: [[key, { isRight, at: Date.now() }]] });
  }
}
