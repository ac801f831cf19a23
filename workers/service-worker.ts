// The service worker: adds the policy's headers where the host does not send them, and keeps the app's
// own files, so that the page starts without a network. A new version is kept beside the old one and
// waits until no page uses that any more, or until a page asks for it. Weights are none of its business.

import { policyHeaders, roleOf } from '../src/policy/headers.ts';
import { weightHosts } from '../src/policy/weight-hosts.ts';
import type { AppFiles } from './app-files.ts';
import { takeShares } from './share-target.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const APP_FILES: AppFiles;

const CACHE_PREFIX = 'darkroom-app-';
const CACHE = `${CACHE_PREFIX}${APP_FILES.version}`;
const scope = new URL('./', self.location.href);
const address = (file: string): string => new URL(file, scope).href;
const ALL = new Set([...APP_FILES.shell, ...APP_FILES.later].map(address));
const CATALOGUE = address('models/index.json');
const START = address('index.html');

self.addEventListener('install', (event) => {
  event.waitUntil(keep(APP_FILES.shell));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOldVersions().then(() => self.clients.claim()));
});

self.addEventListener('message', (event) => {
  // Both are sent by src/client/app-cache.ts.
  if (event.data === 'keep-the-rest') event.waitUntil(keep(APP_FILES.later));
  if (event.data === 'take-over') event.waitUntil(self.skipWaiting());
});

takeShares(self, scope);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== scope.origin || request.method !== 'GET') return;
  const runs = request.mode === 'navigate' || /worker$|^document$|frame$/.test(request.destination);
  const file = fileOf(url);
  // What neither runs nor is kept (weights, mostly) goes to the network as if nobody were here.
  if (runs || file !== undefined) event.respondWith(respond(request, url, file));
});

/** The kept file that an address stands for: the folder itself is its page. */
function fileOf(url: URL): string | undefined {
  const plain = url.origin + url.pathname;
  if (plain === scope.href) return START;
  return ALL.has(plain) ? plain : undefined;
}

async function respond(request: Request, url: URL, file: string | undefined): Promise<Response> {
  const response = file === undefined ? await fetch(request) : await answer(request, file);
  // An opaque redirect of a navigation is followed by the browser, which then asks here again.
  if (response.type === 'opaqueredirect' || response.status === 0) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(policyHeaders(roleOf(url.pathname), await hosts()))) {
    headers.set(name, value);
  }
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}

async function answer(request: Request, file: string): Promise<Response> {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(file);
  if (file !== CATALOGUE) {
    if (kept !== undefined) return kept;
    const fetched = await fetch(request);
    if (fetched.ok && !fetched.redirected) await cache.put(file, fetched.clone());
    return fetched;
  }
  // What is offered may have changed: the network first.
  const fetched = await fetch(request).catch(() => undefined);
  if (fetched?.ok === true) await cache.put(file, fetched.clone());
  return fetched ?? kept ?? Response.error();
}

async function hosts(): Promise<string[]> {
  const kept = await (await caches.open(CACHE)).match(CATALOGUE);
  const catalogue: unknown = await kept?.json().catch(() => undefined);
  return weightHosts(catalogue);
}

/** Brings what is not there yet, past the HTTP cache: it may hold another version's page. */
async function keep(files: readonly string[]): Promise<void> {
  const cache = await caches.open(CACHE);
  const kept = new Set((await cache.keys()).map((request) => request.url));
  const missing = files.map(address).filter((file) => !kept.has(file));
  await cache.addAll(missing.map((file) => new Request(file, { cache: 'no-cache' })));
}

async function dropOldVersions(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(CACHE_PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}
