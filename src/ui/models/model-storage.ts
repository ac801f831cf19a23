// Downloads models into storage, and mends them there. If a URL leads to no model, forgets the URL.

import type { WeightsClient } from '../../client/weights-client.ts';
import type { KeptModel, ModelRequest } from '../../contract/weights.ts';
import type { Outcome } from '../../failure.ts';
import type { Stored } from './device-load.svelte.ts';
import type { Downloads } from './downloads.svelte.ts';
import { isLoadable, isRefused, type Entry } from './entries.ts';
import type { KnownModels } from './known-models.svelte.ts';

export interface ModelStorageParts {
  weights: Pick<WeightsClient, 'checkUp'>;
  downloads: Downloads;
  known: KnownModels;
  /** Called when a URL was refused and its entry has been removed. */
  onRefused: (id: string) => void;
}

export class ModelStorage {
  readonly #parts: ModelStorageParts;
  /**
   * Models that turned out, during an answer, to have missing or damaged files; they are mended before the next load.
   */
  readonly #damaged = new Set<string>();

  constructor(parts: ModelStorageParts) {
    this.#parts = parts;
  }

  noteDamage(id: string): void {
    this.#damaged.add(id);
  }

  /** The storage operations for this model, for a `DeviceLoad`. */
  placeOf(entry: Entry): Stored {
    const { id } = entry.request;
    return {
      fetch: async () => {
        if (this.#damaged.delete(id)) return this.#mend(entry, new AbortController().signal);
        return isLoadable(entry) ? { kind: 'done', value: null } : this.fetch(entry.request);
      },
      mend: (signal) => this.#mend(entry, signal),
    };
  }

  /** Downloads a model, or continues its download. If `files` is given, imports those instead. */
  async fetch(request: ModelRequest, files?: File[]): Promise<Outcome<KeptModel>> {
    const { downloads, known, onRefused } = this.#parts;
    const { id } = request;
    const fetched = await downloads.start(request, files);
    await known.refresh();
    const entry = known.find(id);
    if (fetched.kind === 'failed' && entry && isRefused(entry)) {
      downloads.forget(id);
      onRefused(id);
    }
    return fetched;
  }

  /** Checks a stored model and fetches damaged parts again. The value is true if any part was damaged. */
  async #mend(entry: Entry, signal: AbortSignal): Promise<Outcome<boolean>> {
    const checked = await this.#parts.weights.checkUp(entry.request.id, () => undefined, signal);
    if (checked.kind !== 'done') return checked;
    if (checked.value.damaged.length === 0) return { kind: 'done', value: false };
    const fetched = await this.fetch(entry.request);
    return fetched.kind === 'done' ? { kind: 'done', value: true } : fetched;
  }
}
