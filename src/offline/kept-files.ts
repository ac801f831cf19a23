// The files of one version of the app in its cache. They are fetched one by one, so that a broken file does not affect
// the others. A file that another version has stored under the same name is not fetched again.

/** Matches files whose names contain a hash of the contents, which the build inserts. */
const NAMED_BY_CONTENT = /\/assets\/[^/]+$/;
/** The number of parallel fetches. It is small because the page may be fetching, too. */
const LANES = 3;
const ATTEMPTS = 3;
const WAIT_MS = 1000;

/** The progress, or the final state, of storing files. */
export interface Keeping {
  keptFiles: number;
  wantedFiles: number;
  /** Addresses that could not be fetched. */
  broken: string[];
}

export function isNamedByContent(address: string): boolean {
  return NAMED_BY_CONTENT.test(address);
}

/** Fetches and stores the missing files; `onProgress` receives the progress after each file. */
export async function keepFiles(
  cacheName: string,
  addresses: readonly string[],
  onProgress: (state: Keeping) => void = () => undefined,
): Promise<Keeping> {
  const cache = await caches.open(cacheName);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = addresses.filter((address) => !there.has(address));
  const state: Keeping = {
    keptFiles: addresses.length - missing.length,
    wantedFiles: addresses.length,
    broken: [],
  };
  onProgress({ ...state });
  const queue = missing.values();
  const lane = async (): Promise<void> => {
    for (const address of queue) {
      if (await store(cache, address)) state.keptFiles++;
      else state.broken.push(address);
      onProgress({ ...state, broken: [...state.broken] });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return state;
}

/** Fetches and stores a file. Returns whether it is stored. */
async function store(cache: Cache, address: string): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      const known = isNamedByContent(address) ? await caches.match(address) : undefined;
      await cache.put(address, known ?? (await fetchFile(address, attempt > 1)));
      return true;
    } catch (error) {
      if (attempt === ATTEMPTS) {
        console.warn(`${address} cannot be kept for offline use.`, error);
        return false;
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS * attempt));
    }
  }
}

/** `anew`: bypass the browser's cache, because its copy may be the broken one. */
async function fetchFile(address: string, anew: boolean): Promise<Response> {
  // The page has fetched most of these files. A file named by its content is taken from the browser's cache; for other
  // files, the browser asks the host whether they have changed.
  const cache = anew ? 'reload' : isNamedByContent(address) ? 'force-cache' : 'no-cache';
  const response = await fetch(new Request(address, { cache }));
  const type = response.headers.get('content-type') ?? '';
  // For a file that does not exist, some hosts answer 200 with their start page.
  const isPage = type.startsWith('text/html') && !address.endsWith('.html');
  if (!response.ok || response.redirected || isPage) {
    throw new Error(`${address} was answered with ${response.status} ${type}`);
  }
  return response;
}
