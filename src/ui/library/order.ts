// The order in which the library shows models: what is here first, then what fits, then the rest.

import type { Fit } from '../../contract/weights.ts';
import { BUILT_IN, type Entry } from '../entries.ts';

const RANK: Record<Fit['verdict'], number> = { fits: 0, 'fits-paged': 1, 'too-large': 3 };
/** Nobody has judged what was added by hand. */
const UNJUDGED = 2;

export interface Shelves {
  here: Entry[];
  offered: Entry[];
}

export function shelves(entries: readonly Entry[]): Shelves {
  const isHere = (entry: Entry): boolean => entry.kept !== undefined || entry.download !== undefined;
  // Sorting is stable: within a rank the catalogue's order stays.
  const offered = entries.filter((entry) => !isHere(entry)).toSorted((a, b) => rank(a) - rank(b));
  return { here: entries.filter(isHere), offered };
}

function rank({ request, offer }: Entry): number {
  if (request.id === BUILT_IN) return -1;
  return offer ? RANK[offer.fit.verdict] : UNJUDGED;
}
