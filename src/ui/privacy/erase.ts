// Erases all that this site keeps in the browser: models, conversations, settings, the app's own files,
// the service worker. A page that uses a database keeps it from being deleted; so the wish is noted, the
// page starts anew, and erases before anything is opened.

const WISH = 'darkroom-erase';
const DONE = 'darkroom-erased';
const BLOCKED_MS = 5000;

/** 'blocked': another tab still uses something; the rest is gone. */
export type Erasure = 'erased' | 'blocked';

/** Starts the page anew, and erases then. */
export function eraseAndRestart(): void {
  sessionStorage.setItem(WISH, 'yes');
  location.reload();
}

/** To be called before anything is opened. */
export async function eraseIfWished(): Promise<void> {
  if (sessionStorage.getItem(WISH) === null) return;
  const outcome = await eraseAll();
  sessionStorage.setItem(DONE, outcome);
}

/** How the erasure went that this page began with, if it did; told once. */
export function takeErasure(): Erasure | null {
  const outcome = sessionStorage.getItem(DONE);
  sessionStorage.removeItem(DONE);
  return outcome === 'erased' || outcome === 'blocked' ? outcome : null;
}

async function eraseAll(): Promise<Erasure> {
  localStorage.clear();
  sessionStorage.clear();
  if ('caches' in window) for (const name of await caches.keys()) await caches.delete(name);
  const root = await navigator.storage.getDirectory().catch(() => undefined);
  if (root !== undefined)
    for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
  if ('serviceWorker' in navigator) {
    for (const registration of await navigator.serviceWorker.getRegistrations())
      await registration.unregister();
  }
  const databases = await indexedDB.databases();
  const names = databases.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const gone = await Promise.all(names.map(deleteDatabase));
  return gone.every(Boolean) ? 'erased' : 'blocked';
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
