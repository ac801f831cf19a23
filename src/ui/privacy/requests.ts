// What the page and its workers asked the network for, in the words of a person: to whom, and what for.

import type { SeenRequest } from '../../policy/watch-requests.ts';

/** 'page': what the app is made of. 'runtime': what computes. 'list': what is offered. */
export type Purpose = 'page' | 'runtime' | 'list' | 'sample' | 'weights';

export interface RequestGroup {
  host: string;
  isHere: boolean;
  purpose: Purpose;
  count: number;
  /** Of those whose size is known. */
  bytes: number;
  /** Requests of which the host does not let the size be known. */
  unsized: number;
}

/**
 * Groups by host and purpose: other hosts first, then the most bytes. `here`: the page's address.
 * `before`: groups of earlier requests, which these are added to.
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
    // blob: and data: are read from memory.
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
  // The policy lets nothing but the weights worker reach another host.
  if (!isHere) return 'weights';
  if (pathname.endsWith('/index.json')) return 'list';
  if (pathname.includes('/samples/')) return 'sample';
  if (/\/(models|packages)\//.test(pathname)) return 'weights';
  return isRuntime(pathname) ? 'runtime' : 'page';
}

/** The files of onnxruntime-web, which computes, by address or path. */
export function isRuntime(address: string): boolean {
  return /ort[-.].*\.(wasm|mjs|js)$/.test(address);
}
