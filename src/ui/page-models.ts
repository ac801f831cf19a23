// Where the page itself offers models: its catalogue and, on a developer's machine, the folder of own
// packages that the local server lists.

import type { ModelRequest } from '../contract/weights.ts';
import { fetchCatalogue } from './catalogue.ts';

export function catalogueUrl(pageUrl: string): string {
  return new URL('models/index.json', pageUrl).href;
}

/** Empty anywhere but on this machine, and where there is no such folder. */
export async function localPackages(pageUrl: string): Promise<ModelRequest[]> {
  if (new URL(pageUrl).hostname !== 'localhost') return [];
  const packages = await fetchCatalogue(pageUrl).catch(() => []);
  return packages.map(({ name, url }) => ({ id: url, name, source: { kind: 'package', url } }));
}
