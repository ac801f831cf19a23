// Erases all that this site keeps in the browser: models, conversations, settings, the app's own files,
// the service worker. A page that uses a database keeps it from being deleted; so the wish is noted, the
// page starts anew, and erases before anything is opened.

import { HISTORY_DATABASE, HISTORY_KEY, HISTORY_STORE } from '../history/history-store.ts';
import { tabMemory } from '../tab-memory.ts';

const WISH = 'darkroom-erase';
const DONE = 'darkroom-erased';
const BLOCKED_MS = 5000;

/** 'blocked': another tab still uses something; the rest is gone. */
export type Erasure = 'erased' | 'blocked';

/** Starts the page anew, and erases then. */
export function eraseAndRestart(): void {
  tabMemory().setItem(WISH, 'yes');
  location.reload();
}

/** To be called before anything is opened. */
export async function eraseIfWished(): Promise<void> {
  const tab = tabMemory();
  if (tab.getItem(WISH) === null) return;
  tab.removeItem(WISH);
  tab.setItem(DONE, await eraseAll());
}

/** How the erasure went that this page began with, if it did; told once. */
export function takeErasure(): Erasure | null {
  const tab = tabMemory();
  const outcome = tab.getItem(DONE);
  tab.removeItem(DONE);
  return outcome === 'erased' || outcome === 'blocked' ? outcome : null;
}

async function eraseAll(): Promise<Erasure> {
  // Without it, kept conversations are noise, also where another tab keeps their database from being deleted.
  await unlessRefused(eraseHistoryKey);
  localStorage.clear();
  sessionStorage.clear();
  await unlessRefused(async () => {
    for (const name of await caches.keys()) await caches.delete(name);
  });
  await unlessRefused(async () => {
    const root = await navigator.storage.getDirectory();
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  });
  await unlessRefused(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations())
      await registration.unregister();
  });
  let gone: boolean[] = [];
  await unlessRefused(async () => {
    const databases = await indexedDB.databases();
    const names = databases.flatMap(({ name }) => (name === undefined ? [] : [name]));
    gone = await Promise.all(names.map(deleteDatabase));
  });
  return gone.every(Boolean) ? 'erased' : 'blocked';
}

async function eraseHistoryKey(): Promise<void> {
  const databases = await indexedDB.databases();
  if (!databases.some(({ name }) => name === HISTORY_DATABASE)) return;
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(HISTORY_DATABASE);
    request.onerror = () => reject(request.error ?? new Error('The history did not open.'));
    request.onsuccess = () => {
      const database = request.result;
      const done = (): void => {
        database.close();
        resolve();
      };
      if (!database.objectStoreNames.contains(HISTORY_STORE)) {
        done();
        return;
      }
      const change = database.transaction(HISTORY_STORE, 'readwrite');
      change.objectStore(HISTORY_STORE).delete(HISTORY_KEY);
      change.oncomplete = done;
      change.onabort = done;
    };
  });
}

/** A browser that refuses a kind of storage, or lacks it, has kept nothing there. */
async function unlessRefused(job: () => Promise<void>): Promise<void> {
  await job().catch(() => undefined);
}

/** False where another tab keeps it open; the browser deletes it when that is closed. */
function deleteDatabase(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    request.onblocked = () => setTimeout(() => resolve(false), BLOCKED_MS);
  });
}
