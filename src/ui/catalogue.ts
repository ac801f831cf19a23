// The packages the page can offer: those published beside it (models/) and, on a developer's machine,
// those of the local packages folder (packages/).

import { fail } from '../failure.ts';

export interface CatalogueEntry {
  name: string;
  /** Absolute URL of the package's folder. */
  url: string;
}

const LISTS = ['models/index.json', 'packages/index.json'];

/** Reads both lists; one that is not there is empty. Fails with 'network' or 'bad-manifest'. */
export async function fetchCatalogue(pageUrl: string): Promise<CatalogueEntry[]> {
  const lists = await Promise.all(LISTS.map((list) => fetchList(new URL(list, pageUrl).href)));
  return lists.flat();
}

async function fetchList(url: string): Promise<CatalogueEntry[]> {
  const response = await fetch(url).catch((cause: unknown) =>
    fail('network', `${url} could not be fetched.`, cause),
  );
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  if (response.status === 404 || (response.ok && !isJson)) return [];
  if (!response.ok) fail('network', `${url} was answered with ${response.status}.`);
  const list: unknown = await response
    .json()
    .catch((cause: unknown) => fail('bad-manifest', `${url} is not JSON.`, cause));
  return parseCatalogue(list, url);
}

/** Parses `{ packages: [{ name, url }] }`; relative URLs count from the list's own. */
export function parseCatalogue(list: unknown, listUrl: string): CatalogueEntry[] {
  if (!isRecord(list) || !Array.isArray(list.packages))
    fail('bad-manifest', `${listUrl}: packages is not a list.`);
  return list.packages.map((entry: unknown, index) => {
    if (!isRecord(entry)) fail('bad-manifest', `${listUrl}: packages[${index}] is not an object.`);
    const { name, url } = entry;
    if (typeof name !== 'string')
      fail('bad-manifest', `${listUrl}: packages[${index}].name is not a string.`);
    if (typeof url !== 'string' || !URL.canParse(url, listUrl)) {
      fail('bad-manifest', `${listUrl}: packages[${index}].url is not a URL.`);
    }
    return { name, url: new URL(url, listUrl).href };
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
