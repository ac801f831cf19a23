// Lists the known models: those in the catalogue, packages beside the page, stored models and downloads.
// models.svelte.ts decides which of them answers.

import type { WeightsClient } from '../../client/weights-client.ts';
import type { KeptModel, ModelRequest, Offer } from '../../contract/weights.ts';
import type { FailureInfo } from '../../failure.ts';
import type { Downloads } from './downloads.svelte.ts';
import { isLoadable, listEntries, type Entry } from './entries.ts';
import { localPackages } from './page-models.ts';

export class KnownModels {
  readonly #weights: Pick<WeightsClient, 'list' | 'catalogue'>;
  readonly #downloads: Downloads;
  #offers = $state.raw<Offer[]>([]);
  #packages = $state.raw<ModelRequest[]>([]);
  #kept = $state.raw<KeptModel[]>([]);
  #catalogueFailure = $state.raw<FailureInfo | undefined>();
  readonly #entries = $derived.by(() =>
    listEntries({
      offers: this.#offers,
      packages: this.#packages,
      kept: this.#kept,
      downloads: this.#downloads.all,
    }),
  );

  constructor(weights: Pick<WeightsClient, 'list' | 'catalogue'>, downloads: Downloads) {
    this.#weights = weights;
    this.#downloads = downloads;
  }

  get entries(): Entry[] {
    return this.#entries;
  }

  get catalogueFailure(): FailureInfo | undefined {
    return this.#catalogueFailure;
  }

  find(id: string | null): Entry | undefined {
    return this.#entries.find((entry) => entry.request.id === id);
  }

  isLoadable(id: string | null): boolean {
    const entry = this.find(id);
    return entry !== undefined && isLoadable(entry);
  }

  /** Reads the catalogue, the list of local packages and the storage in parallel. */
  async read(pageUrl: string): Promise<void> {
    await Promise.all([this.#readCatalogue(), this.#readPackages(pageUrl), this.refresh()]);
  }

  /** Reads the list of stored models again. */
  async refresh(): Promise<void> {
    const kept = await this.#weights.list();
    if (kept.kind === 'done') this.#kept = kept.value;
  }

  async #readCatalogue(): Promise<void> {
    const offers = await this.#weights.catalogue();
    if (offers.kind === 'done') this.#offers = offers.value;
    else if (offers.kind === 'failed') this.#catalogueFailure = offers.failure;
  }

  async #readPackages(pageUrl: string): Promise<void> {
    this.#packages = await localPackages(pageUrl);
  }
}
