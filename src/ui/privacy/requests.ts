// Groups the network requests of the page and its workers by host and purpose, for the privacy panel.

import type { SeenRequest } from '../../policy/watch-requests.ts';

/** 'page': the app's own files. 'runtime': onnxruntime-web. 'list': a list of models or samples. */
export type Purpose = 'page' | 'runtime' | 'list' | 'sample' | 'weights';

export interface RequestGroup {
  host: string;
  isHere: boolean;
  purpose: Purpose;
  count: number;
  /** The total size of the responses, as far as their sizes are known. */
  bytes: number;
  /** Number of requests whose size the host does not reveal. */
  unsized: number;
}

/**
 * Groups requests by host and purpose: other hosts come first, then groups with more bytes. `here`: the page's address.
 * `before`: groups of earlier requests, to which these requests are added.
 */
export function groupRequests(
  requests: readonly SeenRequest[],
  here: string,
  before: readonly RequestGroup[] = [],
): RequestGroup[] {
  const groups = new Map(before.map((group) => [`${group.host} ${group.purpose}`, { ...group }]));
  const { origin } = new URL(here);
  for (const { url, bytes } of requests) {
    const asked = new URL(url, here);
    // The browser reads blob: and data: addresses from memory.
    if (!asked.protocol.startsWith('http')) continue;
    const isHere = asked.origin === origin;
    const purpose = purposeOf(asked, isHere);
    const key = `${asked.host} ${purpose}`;
    const group = groups.get(key) ?? { host: asked.host, isHere, purpose, count: 0, bytes: 0, unsized: 0 };
    group.count++;
    group.bytes += bytes ?? 0;
    if (bytes === null) group.unsized++;
    groups.set(key, group);
  }
  return Array.from(groups.values()).sort(
    (a, b) => Number(a.isHere) - Number(b.isHere) || b.bytes - a.bytes || a.purpose.localeCompare(b.purpose),
  );
}

function purposeOf({ pathname }: URL, isHere: boolean): Purpose {
  // Under the policy, only the weights worker can reach another host.
  if (!isHere) return 'weights';
  if (pathname.endsWith('/index.json')) return 'list';
  if (pathname.includes('/samples/')) return 'sample';
  if (/\/(models|packages)\//.test(pathname)) return 'weights';
  return isRuntime(pathname) ? 'runtime' : 'page';
}

/** Whether an address or path is one of onnxruntime-web's files. */
export function isRuntime(address: string): boolean {
  return /ort[-.].*\.(wasm|mjs|js)$/.test(address);
}
