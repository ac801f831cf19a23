// The files of one version of the app in its cache: brought one by one, so that one that is broken costs no
// other. Nothing is fetched that another version has kept under the same name.

/** The build puts a hash of their contents into the names of these. */
const NAMED_BY_CONTENT = /\/assets\/[^/]+$/;
/** Beside what the page may want meanwhile. */
const LANES = 3;
const ATTEMPTS = 3;
const WAIT_MS = 1000;

/** How a keeping stands, or how it ended. */
export interface Keeping {
  keptFiles: number;
  wantedFiles: number;
  /** Addresses that could not be fetched. */
  broken: string[];
}

export function isNamedByContent(address: string): boolean {
  return NAMED_BY_CONTENT.test(address);
}

/** Brings what is not there yet; `tell` hears of each file. */
export async function keepFiles(
  cacheName: string,
  addresses: readonly string[],
  tell: (state: Keeping) => void = () => undefined,
): Promise<Keeping> {
  const cache = await caches.open(cacheName);
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = addresses.filter((address) => !there.has(address));
  const state: Keeping = {
    keptFiles: addresses.length - missing.length,
    wantedFiles: addresses.length,
    broken: [],
  };
  tell({ ...state });
  const queue = missing.values();
  const lane = async (): Promise<void> => {
    for (const address of queue) {
      if (await bring(cache, address)) state.keptFiles++;
      else state.broken.push(address);
      tell({ ...state, broken: [...state.broken] });
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return state;
}

/** Whether it is kept in the end. */
async function bring(cache: Cache, address: string): Promise<boolean> {
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

/** `anew`: past what the browser has cached of it, which may be what is broken. */
async function fetchFile(address: string, anew: boolean): Promise<Response> {
  // The page has fetched most of them: what its name vouches for is not asked for again, and of the others the
  // host says whether they have changed.
  const cache = anew ? 'reload' : isNamedByContent(address) ? 'force-cache' : 'no-cache';
  const response = await fetch(new Request(address, { cache }));
  const type = response.headers.get('content-type') ?? '';
  // Some hosts answer 200 with their start page for whatever they do not have.
  const isPage = type.startsWith('text/html') && !address.endsWith('.html');
  if (!response.ok || response.redirected || isPage) {
    throw new Error(`${address} was answered with ${response.status} ${type}`);
  }
  return response;
}
