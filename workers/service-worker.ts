// The service worker: adds the policy's headers where the host does not send them, and keeps the app's
// own files, so that the page starts without a network. A new version is kept beside the old one and
// waits until no page uses that any more, or until a page asks for it. Weights are none of its business.

import { policyHeaders } from '../src/policy/headers.ts';
import { roleFiles, roleOf, type RoleFiles } from '../src/policy/roles.ts';
import { watchRequests } from '../src/policy/watch-requests.ts';
import { weightHosts } from '../src/policy/weight-hosts.ts';
import type { AppFiles } from './app-files.ts';
import { isNamedByContent, keepFiles } from './kept-files.ts';
import { OldVersions } from './old-versions.ts';
import { takeShares } from './share-target.ts';

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
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
  // Both are sent by src/client/app-cache.ts.
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
  // What neither runs nor is kept (weights, mostly) goes to the network as if nobody were here.
  if (runs || file !== undefined) event.respondWith(respond(request, url, { file, runs }));
});

// What this worker fetches belongs to what the privacy panel shows, of pages that it does not control yet too.
watchRequests((requests) => {
  void self.clients
    .matchAll({ type: 'window', includeUncontrolled: true })
    .then((pages) => pages.forEach((page) => page.postMessage({ requests })));
});

/** A version that cannot start is none: the one before it stays. */
async function install(): Promise<void> {
  const { broken } = await keepFiles(CACHE, APP_FILES.start.map(address));
  if (broken.length > 0) throw new Error(`The app cannot be kept without ${broken.join(', ')}.`);
  // What has not changed need not be fetched by anybody again.
  const cache = await caches.open(CACHE);
  for (const file of ALL) {
    const kept = isNamedByContent(file) ? await oldVersions.find(file) : undefined;
    if (kept !== undefined) await cache.put(file, kept);
  }
}

/** All that this device needs; `used`: addresses that the page has asked for. */
async function keepAll(used: unknown[], port: MessagePort | undefined): Promise<void> {
  const wanted = [...APP_FILES.start, ...APP_FILES.rest].map(address);
  const cache = await caches.open(CACHE);
  const isThere = new Set((await cache.keys()).map(({ url }) => url));
  wanted.push(...Array.from(IF_USED).filter((file) => used.includes(file) || isThere.has(file)));
  const ended = await keepFiles(CACHE, wanted, (state) => port?.postMessage({ keeping: state }));
  await oldVersions.dropUnused();
  port?.postMessage({ kept: ended });
}

/** The kept file that an address stands for: the folder itself is its page. */
function fileOf(url: URL): string | undefined {
  const plain = url.origin + url.pathname;
  if (plain === scope.href) return START;
  // Of an older version, perhaps, whose page is still open.
  const isOurs = ALL.has(plain) || (plain.startsWith(scope.href) && isNamedByContent(plain));
  return isOurs ? plain : undefined;
}

async function respond(
  request: Request,
  url: URL,
  { file, runs }: { file: string | undefined; runs: boolean },
): Promise<Response> {
  const response = file === undefined ? await fetch(request) : await answer(request, file);
  // An opaque redirect of a navigation is followed by the browser, which then asks here again.
  if (response.type === 'opaqueredirect' || response.status === 0) return response;
  // Only what runs is under a policy of its own.
  if (!runs) return response;
  const files = await roles();
  // A document gets no worker's policy, whatever its address looks like.
  const role = request.destination.endsWith('worker') ? roleOf(url.pathname, files) : 'page';
  const policy = Object.entries(policyHeaders(role, await hosts(), files));
  // Firefox (153) starts no worker inside a worker from a response that was made here: what came with its policy stays
  // as it came.
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
  // What is offered may have changed: the network first.
  const fetched = await fetch(request).catch(() => undefined);
  if (fetched?.ok === true) await cache.put(file, fetched.clone());
  return fetched ?? kept ?? Response.error();
}

/** Of this version's files, and of older ones' as long as a page may want them. */
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
