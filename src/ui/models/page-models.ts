// The models that the page itself offers: its catalogue and, on a developer's machine, the folder of the developer's own
// packages, which the local server lists.

import type { ModelRequest } from '../../contract/weights.ts';
import { Field } from '../../format/json-field.ts';

export function catalogueUrl(pageUrl: string): string {
  return new URL('models/index.json', pageUrl).href;
}

/** Returns an empty list if the page is not on localhost, or if there is no such folder. */
export async function localPackages(pageUrl: string): Promise<ModelRequest[]> {
  if (new URL(pageUrl).hostname !== 'localhost') return [];
  const url = new URL('packages/index.json', pageUrl).href;
  try {
    const response = await fetch(url);
    return response.ok ? parsePackages(await response.json(), url) : [];
  } catch (error) {
    console.warn('The list of local packages cannot be read.', error);
    return [];
  }
}

/** Parses `{ packages: [{ name, url }] }`. URLs are relative to `listUrl`. Fails with 'bad-manifest'. */
export function parsePackages(list: unknown, listUrl: string): ModelRequest[] {
  return new Field(list, 'packages: ', 'bad-manifest').at('packages').list((field) => {
    const name = field.at('name').string();
    const address = field.at('url').string();
    if (!URL.canParse(address, listUrl)) field.at('url').fail('must be an address');
    const url = new URL(address, listUrl).href;
    return { id: url, name, source: { kind: 'package', url } };
  });
}
