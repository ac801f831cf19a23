// The service worker: adds the policy's headers if the host does not send them, and stores the app's own files,
// so that the page starts without a network. A new version is stored beside the old one and waits until no page
// uses the old one any more, or until a page asks for the new one. The service worker does not handle weights.

import { policyHeaders } from '../src/policy/headers.ts';
import { roleFiles, roleOf, type RoleFiles } from '../src/policy/roles.ts';
import { watchRequests } from '../src/policy/watch-requests.ts';
import { weightHosts } from '../src/policy/weight-hosts.ts';
import type { AppFiles } from './app-files.ts';
import { isNamedByContent, keepFiles } from './kept-files.ts';
import { OldVersions } from './old-versions.ts';
import { takeShares } from './share-target.ts';

declare const self: ServiceWorkerGlobalScope;
/** The build inserts this list. */
declare const APP_FILES: AppFiles;

const CACHE_PREFIX = 'darkroom-app-';
const CACHE = `${CACHE_PREFIX}${APP_FILES.version}`;
const scope = new URL('./', self.location.href);
const address = (file: string): string => new URL(file, scope).href;
const IF_USED = new Set(APP_FILES.ifUsed.map(address));
const ALL = new Set([...APP_FILES.start, ...APP_FILES.rest, ...APP_FILES.ifUsed].map(address));
const CATALOGUE = address('models/index.json');
const START = address('index.html');
const oldVersions = new OldVersions(self.clients, CACHE_PREFIX, CACHE, scope);

self.addEventListener('install', (event) => {
  event.waitUntil(install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    oldVersions
      .notePages()
      .then(() => self.clients.claim())
      .then(() => oldVersions.dropUnused()),
  );
});

self.addEventListener('message', (event) => {
  // src/client/app-cache.ts sends both messages.
  const message: unknown = event.data;
  if (message === 'take-over') event.waitUntil(self.skipWaiting());
  if (typeof message === 'object' && message !== null && 'keep' in message && Array.isArray(message.keep)) {
    event.waitUntil(keepAll(message.keep, event.ports[0]));
  }
});

takeShares(self, scope);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate') event.waitUntil(oldVersions.dropUnused());
  const runs = request.mode === 'navigate' || /worker$|^document$|frame$/.test(request.destination);
  const file = fileOf(url);
  // Requests for files that neither run nor are stored (mostly weights) go to the network as if there were no
  // service worker.
  if (runs || file !== undefined) event.respondWith(respond(request, url, { file, runs }));
});

// The privacy panel also shows the service worker's requests, even on pages that it does not control yet.
watchRequests((requests) => {
  void self.clients
    .matchAll({ type: 'window', includeUncontrolled: true })
    .then((pages) => pages.forEach((page) => page.postMessage({ requests })));
});

/** Rejects if a file is missing that the app needs to start; then the version before stays active. */
async function install(): Promise<void> {
  const { broken } = await keepFiles(CACHE, APP_FILES.start.map(address));
  if (broken.length > 0) throw new Error(`The app cannot be kept without ${broken.join(', ')}.`);
  // Files that have not changed are copied from the older version's cache.
  const cache = await caches.open(CACHE);
  for (const file of ALL) {
    const kept = isNamedByContent(file) ? await oldVersions.find(file) : undefined;
    if (kept !== undefined) await cache.put(file, kept);
  }
}

/** Stores all files that this device needs. `used`: addresses that the page has requested. */
async function keepAll(used: unknown[], port: MessagePort | undefined): Promise<void> {
  const wanted = [...APP_FILES.start, ...APP_FILES.rest].map(address);
  const cache = await caches.open(CACHE);
  const isThere = new Set((await cache.keys()).map(({ url }) => url));
  wanted.push(...Array.from(IF_USED).filter((file) => used.includes(file) || isThere.has(file)));
  const ended = await keepFiles(CACHE, wanted, (state) => port?.postMessage({ keeping: state }));
  await oldVersions.dropUnused();
  port?.postMessage({ kept: ended });
}

/** The stored file for an address. The folder's address stands for its page. */
function fileOf(url: URL): string | undefined {
  const plain = url.origin + url.pathname;
  if (plain === scope.href) return START;
  // The file may belong to an older version whose page is still open.
  const isOurs = ALL.has(plain) || (plain.startsWith(scope.href) && isNamedByContent(plain));
  return isOurs ? plain : undefined;
}

async function respond(
  request: Request,
  url: URL,
  { file, runs }: { file: string | undefined; runs: boolean },
): Promise<Response> {
  const response = file === undefined ? await fetch(request) : await answer(request, file);
  // The browser follows an opaque redirect of a navigation, and then sends the next request here again.
  if (response.type === 'opaqueredirect' || response.status === 0) return response;
  // Only documents and workers have a policy of their own.
  if (!runs) return response;
  const files = await roles();
  // A document never gets a worker's policy, whatever its address is.
  const role = request.destination.endsWith('worker') ? roleOf(url.pathname, files) : 'page';
  const policy = Object.entries(policyHeaders(role, await hosts(), files));
  // Firefox (153) does not start a nested worker from a response that the service worker made, so a response
  // that already has the policy's headers is returned unchanged.
  if (policy.every(([name, value]) => response.headers.get(name) === value)) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of policy) headers.set(name, value);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

async function answer(request: Request, file: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(file);
  if (file !== CATALOGUE) {
    if (kept !== undefined) return kept;
    if (!ALL.has(file)) return (await oldVersions.find(file)) ?? fetch(request);
    const fetched = await fetch(request);
    if (fetched.ok && !fetched.redirected) await cache.put(file, fetched.clone());
    return fetched;
  }
  // The models on offer may have changed, so the catalogue comes from the network first.
  const fetched = await fetch(request).catch(() => undefined);
  if (fetched?.ok === true) await cache.put(file, fetched.clone());
  return fetched ?? kept ?? Response.error();
}

/** The roles of this version's files, and of older versions' files as long as a page may request them. */
async function roles(): Promise<RoleFiles> {
  const older = await oldVersions.files();
  const names = [...ALL, ...older].map((file) => file.slice(scope.href.length));
  return roleFiles([...names, self.location.href.slice(scope.href.length)], scope.pathname);
}

async function hosts(): Promise<string[]> {
  const kept = await (await caches.open(CACHE)).match(CATALOGUE);
  const catalogue: unknown = await kept?.json().catch(() => undefined);
  return weightHosts(catalogue);
}
