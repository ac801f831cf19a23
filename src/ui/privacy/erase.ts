// Erases all that this site keeps in the browser: models, conversations, settings, the app's own files,
// the service worker. A page that uses a database keeps it from being deleted; so the wish is noted, the
// page starts anew, and erases before anything is opened.

import { isKeyName } from '../../storage/sealed-store.ts';
import { HISTORY_DATABASE, HISTORY_STORE } from '../history/history-store.ts';
import { tabMemory } from '../tab-memory.ts';
import { TAB_DATABASE, TAB_STORE } from '../tab/tab-store.ts';

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
  // Without them, what they seal is noise, also where another tab keeps its database from being deleted.
  await unlessRefused(() => eraseKeys(HISTORY_DATABASE, HISTORY_STORE));
  await unlessRefused(() => eraseKeys(TAB_DATABASE, TAB_STORE));
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

/** The connection is closed at once: it would keep the database from being deleted. */
async function eraseKeys(name: string, store: string): Promise<void> {
  const databases = await indexedDB.databases();
  if (!databases.some((each) => each.name === name)) return;
  await new Promise<void>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onerror = () => reject(request.error ?? new Error(`The database ${name} did not open.`));
    request.onsuccess = () => {
      const database = request.result;
      const done = (): void => {
        database.close();
        resolve();
      };
      if (!database.objectStoreNames.contains(store)) {
        done();
        return;
      }
      const change = database.transaction(store, 'readwrite');
      const values = change.objectStore(store);
      const names = values.getAllKeys();
      names.onsuccess = () => {
        for (const each of names.result.filter(isKeyName)) values.delete(each);
      };
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
