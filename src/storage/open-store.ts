// A store of IndexedDB for idb-keyval that repairs itself. If a database lacks its store (because the browser died
// while creating it), the store is created; if the browser closed the connection, a new one is opened. Each transaction
// is committed explicitly once its requests are made. Without that, the transaction would stay open when WebKit freezes
// the page to keep it for the Back button, and no other page could use the store.

import type { UseStore } from 'idb-keyval';

/**
 * The callback that is passed to the returned function must make all its requests at once, before it awaits any of
 * them.
 */
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
    // If there is a new version, another page is repairing the database. A deletion, in contrast, waits until this page
    // is closed, and reports that.
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
