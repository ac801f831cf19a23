// Ways out that navigate the page away or change its base address. Each is tried on a separate page.

import type { Channel } from './channel.ts';

export const LEAVING_CHANNELS: readonly Channel[] = [
  { name: 'location', run: (url) => (location.href = url) },
  { name: 'navigation', run: (url) => navigation.navigate(url) },
  { name: 'window in place', run: (url) => window.open(url, '_self') },
  { name: 'script as an address', run: (url) => (location.href = `javascript:void fetch('${url}')`) },
  {
    name: 'document from a blob',
    run: (url) => {
      const html = new Blob([`<img src="${url}">`], { type: 'text/html' });
      location.href = URL.createObjectURL(html);
    },
  },
  {
    name: 'link',
    run: (url) => {
      const link = document.body.appendChild(document.createElement('a'));
      link.href = url;
      link.click();
    },
  },
  {
    name: 'link that downloads',
    run: (url) => {
      const link = document.body.appendChild(document.createElement('a'));
      Object.assign(link, { href: url, download: 'leak' });
      link.click();
    },
  },
  {
    name: 'area of a map',
    run: (url) => {
      const area = document.body
        .appendChild(document.createElement('map'))
        .appendChild(document.createElement('area'));
      area.href = url;
      area.click();
    },
  },
  {
    name: 'link in svg',
    run: (url) => {
      document.body.innerHTML = `<svg><a href="${url}"><text y="9">x</text></a></svg>`;
      document
        .querySelector('a')
        ?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    },
  },
  {
    name: 'link in MathML',
    run: (url) => {
      document.body.innerHTML = `<math><mrow href="${url}"><mi>x</mi></mrow></math>`;
      document
        .querySelector('mrow')
        ?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    },
  },
  {
    name: 'form',
    run: (url) => {
      const form = document.body.appendChild(document.createElement('form'));
      form.action = url;
      form.submit();
    },
  },
  {
    name: 'button of a form',
    run: (url) => {
      const form = document.body.appendChild(document.createElement('form'));
      const button = form.appendChild(document.createElement('button'));
      Object.assign(button, { formAction: url, formMethod: 'post' });
      button.click();
    },
  },
  {
    name: 'refresh',
    run: (url) => {
      const meta = document.createElement('meta');
      meta.httpEquiv = 'refresh';
      meta.content = `0;url=${url}`;
      document.head.append(meta);
    },
  },
  {
    name: 'base',
    run: (url) => {
      document.head.append(Object.assign(document.createElement('base'), { href: `${url}/` }));
      document.body.append(Object.assign(document.createElement('img'), { src: 'picture' }));
    },
  },
  {
    name: 'beacon on leaving',
    run: (url) => {
      addEventListener('pagehide', () => navigator.sendBeacon(url, url));
      location.href = 'about:blank';
    },
  },
  {
    name: 'fetch on leaving',
    run: (url) => {
      const { fetchLater } = globalThis as unknown as { fetchLater: (url: string) => void };
      fetchLater(url);
      location.href = 'about:blank';
    },
  },
];
