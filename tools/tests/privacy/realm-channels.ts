// Ways out that pages and workers share, and ways out of a service worker.

import type { Channel } from './channel.ts';

const fetches: Channel[] = [
  { name: 'fetch', run: (url) => fetch(url) },
  { name: 'fetch with a body', run: (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: url }) },
  { name: 'fetch that outlives', run: (url) => fetch(url, { keepalive: true, mode: 'no-cors' }) },
  { name: 'fetch that asks first', run: (url) => fetch(url, { headers: { 'X-Leak': url } }) },
  { name: 'cache', run: async (url) => (await caches.open('leak')).add(url) },
  { name: 'WebSocket', run: (url) => new WebSocket(url.replace('http', 'ws')) },
  {
    name: 'stream of a WebSocket',
    run: (url) => {
      const Stream = (globalThis as unknown as { WebSocketStream: new (url: string) => object })
        .WebSocketStream;
      return new Stream(url.replace('http', 'ws'));
    },
  },
  {
    name: 'WebTransport',
    run: (url) => new WebTransport(url.replace('http', 'https')).ready,
    seenAs: 'port',
  },
];

/** Channels that work in pages and in workers. */
export const REALM_CHANNELS: readonly Channel[] = [
  ...fetches,
  {
    name: 'XMLHttpRequest',
    run: (url) => {
      const request = new XMLHttpRequest();
      request.open('POST', url);
      request.send(url);
    },
  },
  {
    name: 'XMLHttpRequest that blocks',
    run: (url) => {
      const request = new XMLHttpRequest();
      request.open('GET', url, false);
      request.send();
    },
  },
  { name: 'EventSource', run: (url) => new EventSource(url) },
  { name: 'font', run: (url) => new FontFace('leak', `url(${url})`).load() },
  { name: 'import', run: (url) => import(/* @vite-ignore */ `${url}.js`) },
  { name: 'worker', run: (url) => new Worker(`${url}.js`) },
  {
    name: 'worker from a blob',
    run: (url) => new Worker(URL.createObjectURL(new Blob([`fetch('${url}')`]))),
  },
  {
    name: 'worker from data',
    run: (url) => new Worker(`data:text/javascript,fetch('${url}')`),
  },
  {
    name: 'scripts of a worker',
    run: (url) => new Worker(URL.createObjectURL(new Blob([`importScripts('${url}.js')`]))),
  },
  {
    name: 'modules of a worker',
    run: (url) =>
      new Worker(URL.createObjectURL(new Blob([`import '${url}.js'`], { type: 'text/javascript' })), {
        type: 'module',
      }),
  },
];

export const SERVICE_WORKER_CHANNELS: readonly Channel[] = [
  ...fetches,
  { name: 'font', run: (url) => new FontFace('leak', `url(${url})`).load() },
  {
    name: 'scripts of a worker',
    run: (url) =>
      (globalThis as unknown as { importScripts: (url: string) => void }).importScripts(`${url}.js`),
  },
  {
    name: 'fetch in the background',
    run: (url) => {
      interface Registration {
        backgroundFetch: { fetch: (id: string, urls: string[]) => Promise<unknown> };
      }
      const { registration } = globalThis as unknown as { registration: Registration };
      return registration.backgroundFetch.fetch('leak', [url]);
    },
  },
  {
    name: 'window of a service worker',
    run: (url) => {
      const { clients } = globalThis as unknown as {
        clients: { openWindow: (url: string) => Promise<unknown> };
      };
      return clients.openWindow(url);
    },
  },
];
