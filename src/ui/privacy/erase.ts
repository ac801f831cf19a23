// Erases everything that this site stores in the browser: models, conversations, settings, the app's own files and the
// service worker. A database cannot be deleted while a page has it open. So the page notes the request, reloads, and
// erases everything before it opens any database.

import { isKeyName } from '../../storage/sealed-store.ts';
import { HISTORY_DATABASE, HISTORY_STORE } from '../history/history-store.ts';
import { tabMemory } from '../kit/tab-memory.ts';
import { TAB_DATABASE, TAB_STORE } from '../tab/tab-store.ts';

const WISH = 'darkroom-erase';
const DONE = 'darkroom-erased';
const BLOCKED_MS = 5000;

/** The outcome of an erasure. 'blocked': another tab still has a database open; everything else is erased. */
export type Erasure = 'erased' | 'blocked';

/** Notes the request and reloads the page, which then erases everything. */
export function eraseAndRestart(): void {
  tabMemory().setItem(WISH, 'yes');
  location.reload();
}

/** Erases everything if the page noted the request before the reload. Call this before any database is opened. */
export async function eraseIfWished(): Promise<void> {
  const tab = tabMemory();
  if (tab.getItem(WISH) === null) return;
  tab.removeItem(WISH);
  tab.setItem(DONE, await eraseAll());
}

/** The outcome of the erasure that ran before this page was built; null if none ran, and on every later call. */
export function takeErasure(): Erasure | null {
  const tab = tabMemory();
  const outcome = tab.getItem(DONE);
  tab.removeItem(DONE);
  return outcome === 'erased' || outcome === 'blocked' ? outcome : null;
}

async function eraseAll(): Promise<Erasure> {
  // Without its key a sealed record is unreadable, even if another tab prevents the deletion of the database.
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

/** Deletes the keys of a store. Closes its connection at the end, since an open one would block the deletion. */
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

/** Runs a job and ignores its failure: if a browser refuses or lacks a kind of storage, it has stored nothing there. */
async function unlessRefused(job: () => Promise<void>): Promise<void> {
  await job().catch(() => undefined);
}

/** Deletes a database. Returns false if another tab has it open; the browser then deletes it when that tab closes. */
function deleteDatabase(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve(true);
    request.onerror = () => resolve(false);
    request.onblocked = () => setTimeout(() => resolve(false), BLOCKED_MS);
  });
}
