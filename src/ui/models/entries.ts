// The entries of the library: models of the catalogue, packages beside the page, models stored on this device, and
// downloads. Each model is listed once, under its id.

import type { KeptModel, ModelRequest, Offer } from '../../contract/weights.ts';
import type { Download } from './downloads.svelte.ts';

/** The catalogue's id of the model that comes with the page. */
export const BUILT_IN = 'demo';

export interface Entry {
  request: ModelRequest;
  /** The model's entry in the catalogue, judged for this device; undefined if the catalogue does not list the model. */
  offer: Offer | undefined;
  /** Whether the catalogue or the page's own list names the model. If not, the user added it. */
  isListed: boolean;
  kept: KeptModel | undefined;
  download: Download | undefined;
}

export interface Known {
  offers: readonly Offer[];
  /** Packages beside the page. */
  packages: readonly ModelRequest[];
  kept: readonly KeptModel[];
  downloads: readonly Download[];
}

/** Lists the models in the order of the catalogue, followed by models that are not in the catalogue. */
export function listEntries({ offers, packages, kept, downloads }: Known): Entry[] {
  const requests = [
    ...offers.map((offer) => offer.model),
    ...packages,
    ...kept,
    ...downloads.map((download) => download.request),
  ];
  const byId = new Map<string, ModelRequest>();
  for (const { id, name, source } of requests) if (!byId.has(id)) byId.set(id, { id, name, source });
  return Array.from(byId.values(), (request) => ({
    request,
    offer: offers.find((offer) => offer.model.id === request.id),
    isListed: [...offers.map(({ model }) => model), ...packages].some(({ id }) => id === request.id),
    kept: kept.find((model) => model.id === request.id),
    download: downloads.find((download) => download.request.id === request.id),
  }));
}

/** Whether a model can be loaded from storage in its present state. */
export function isLoadable(entry: Entry): boolean {
  return entry.kept?.state === 'ready' || entry.kept?.state === 'updating';
}

/**
 * Whether a URL from the user led to no model: its download failed and stored nothing. A failure because of a full disk
 * does not count.
 */
export function isRefused({ isListed, kept, download }: Entry): boolean {
  if (isListed || kept !== undefined || download?.state.kind !== 'failed') return false;
  return download.state.failure.code !== 'storage-full';
}

/**
 * The largest stored model that is smaller than the given one; if there is none, the model that comes with the page.
 */
export function smallerThan({ request, kept }: Entry, entries: readonly Entry[]): Entry | undefined {
  const others = entries.filter((other) => other.request.id !== request.id);
  const bytesOf = (entry: Entry): number => entry.kept?.keptBytes ?? 0;
  const smaller = others.filter((other) => isLoadable(other) && bytesOf(other) < (kept?.keptBytes ?? 0));
  const [largest] = smaller.toSorted((a, b) => bytesOf(b) - bytesOf(a));
  return largest ?? others.find((other) => other.request.id === BUILT_IN);
}
