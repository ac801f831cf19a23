// A store of IndexedDB for idb-keyval that mends itself: a database without its store (a browser that died while it made
// one leaves it so) gets the store, and a connection that the browser closed is opened anew. Each transaction is told at
// once that all of its requests were made: one that waits for its page to say so stays open for good where WebKit puts the
// page aside for Back, and no other page can use the store any more.

import type { UseStore } from 'idb-keyval';

/** What uses the store makes all its requests at once, before it waits for any. */
export function openStore(database: string, store: string): UseStore {
  let opened: Promise<IDBDatabase> | undefined;
  const forget = (): void => {
    opened = undefined;
  };
  const open = (): Promise<IDBDatabase> => {
    opened ??= openWith(database, store, forget).catch((error: unknown) => {
      forget();
      throw error;
    });
    return opened;
  };
  return async (mode, use) => {
    const transaction = (await open()).transaction(store, mode);
    const result = use(transaction.objectStore(store));
    transaction.commit();
    return result;
  };
}

async function openWith(name: string, store: string, onClosed: () => void): Promise<IDBDatabase> {
  let database = await openDatabase(name, store);
  if (!database.objectStoreNames.contains(store)) {
    const next = database.version + 1;
    database.close();
    database = await openDatabase(name, store, next);
  }
  database.addEventListener('close', onClosed);
  database.addEventListener('versionchange', ({ newVersion }) => {
    // Another page mends it. A deletion waits until this page is gone, and says so.
    if (newVersion === null) return;
    database.close();
    onClosed();
  });
  return database;
}

function openDatabase(name: string, store: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error(`The database ${name} did not open.`));
  });
}
