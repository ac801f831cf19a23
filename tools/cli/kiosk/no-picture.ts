// Searches everything that a site stores in a browser for pictures other than the app's own.

import type { Page } from '@playwright/test';

/**
 * The places where pictures were found. The code defines `__name`, because functions that the TypeScript runner has
 * named call it.
 */
export function picturesKept(page: Page): Promise<string[]> {
  return page.evaluate(`{ const __name = (each) => each; (${look.toString()})(); }`);
}

/** Runs in the page. */
async function look(): Promise<string[]> {
  const found: string[] = [];
  const isPicture = (bytes: Uint8Array): boolean => {
    const text = String.fromCharCode(...bytes.subarray(0, 12));
    return /^(\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP|BM)/s.test(text);
  };
  const search = async (value: unknown, where: string): Promise<void> => {
    if (value instanceof Blob) {
      if (isPicture(new Uint8Array(await value.slice(0, 16).arrayBuffer()))) found.push(where);
    } else if (value instanceof ArrayBuffer) {
      if (isPicture(new Uint8Array(value))) found.push(where);
    } else if (ArrayBuffer.isView(value)) {
      if (isPicture(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))) found.push(where);
    } else if (typeof value === 'object' && value !== null) {
      for (const [name, inner] of Object.entries(value)) await search(inner, `${where}.${name}`);
    } else if (typeof value === 'string' && value.startsWith('data:image')) found.push(where);
  };
  const done = <T>(request: IDBRequest<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(new Error(request.error?.message));
    });
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const values: unknown[] = await done(database.transaction(store).objectStore(store).getAll());
      // Encrypted records do not look like pictures, so find those by their keys.
      const names = await done(database.transaction(store).objectStore(store).getAllKeys());
      const isPhoto = (key: IDBValidKey): boolean => Array.isArray(key) && key[0] === 'photo';
      found.push(...names.filter(isPhoto).map(() => `${name}/${store}`));
      for (const [index, value] of values.entries()) await search(value, `${name}/${store}[${index}]`);
    }
    database.close();
  }
  for (const storage of [localStorage, sessionStorage])
    await search(Object.fromEntries(Object.entries(storage)), 'storage');
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) {
      const isOwn = /\/(icons|samples)\/[\w-]+\.(png|webp)$|\/icon\.svg$/.test(request.url);
      if (isOwn) continue;
      const kept = await caches.match(request);
      await search(await kept?.blob(), request.url);
    }
  }
  return found;
}
