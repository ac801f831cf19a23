// The service worker: lets the page start without a network. A new version of the app is stored beside the old one. It
// waits until no page uses the old one, or until a page requests the new one.

import type { AppFiles } from '../src/offline/app-files.ts';
import { AppVersion } from '../src/offline/app-version.ts';
import { takeShares } from '../src/offline/share-target.ts';
import { watchRequests } from '../src/policy/watch-requests.ts';

declare const self: ServiceWorkerGlobalScope;
/** The build inserts this list. */
declare const APP_FILES: AppFiles;

const scope = new URL('./', self.location.href);
const version = new AppVersion(APP_FILES, scope, self.location.href, self.clients);

self.addEventListener('install', (event) => {
  event.waitUntil(version.install());
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    version
      .notePages()
      // Do not await this: Firefox (153) also claims the processor engine's threads, which answer nothing while they wait
      // for work. Until they did, it would open no page.
      .then(() => void self.clients.claim())
      .then(() => version.dropUnused()),
  );
});

self.addEventListener('message', (event) => {
  // src/client/app-cache.ts sends both messages.
  const message: unknown = event.data;
  if (message === 'take-over') event.waitUntil(self.skipWaiting());
  if (typeof message === 'object' && message !== null && 'keep' in message && Array.isArray(message.keep)) {
    event.waitUntil(version.keepAll(message.keep, event.ports[0]));
  }
});

takeShares(self, scope);

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (new URL(request.url).origin !== scope.origin || request.method !== 'GET') return;
  if (request.mode === 'navigate') event.waitUntil(version.dropUnused());
  const response = version.respond(request);
  if (response !== undefined) event.respondWith(response);
});

// The privacy panel also shows the service worker's requests, even on pages that it does not control yet.
watchRequests((requests) => {
  void self.clients
    .matchAll({ type: 'window', includeUncontrolled: true })
    .then((pages) => pages.forEach((page) => page.postMessage({ requests })));
});
