// Sorts the library's entries into three lists: models that are stored or being downloaded, cards of the catalogue's
// models, and the rest.

import { BUILT_IN, type Entry } from '../models/entries.ts';
import { families, isOffered, type Family } from './families.ts';

export interface Shelves {
  here: Entry[];
  /** One card per size, even for models that are stored or being downloaded. */
  families: Family[];
  /** The built-in model and packages beside the page, if they are neither stored nor being downloaded. */
  others: Entry[];
}

export function shelves(entries: readonly Entry[]): Shelves {
  const offered = entries.filter(isOffered).filter(({ request }) => request.id !== BUILT_IN);
  const rest = entries.filter(
    (entry) => !isHere(entry) && (!isOffered(entry) || entry.request.id === BUILT_IN),
  );
  // The built-in model comes first, because it is the easiest to begin with.
  const others = rest.toSorted(
    (a, b) => Number(b.request.id === BUILT_IN) - Number(a.request.id === BUILT_IN),
  );
  return { here: entries.filter(isHere), families: families(offered), others };
}

function isHere({ kept, download }: Entry): boolean {
  return kept !== undefined || download !== undefined;
}
