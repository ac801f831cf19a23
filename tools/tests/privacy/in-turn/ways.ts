// The ways out that are open while a wall is missing. Some are the channels of the parent folder, sorted by the wall
// that stops them. The others send nothing themselves, but show that a door is open.

import type { Wall } from '../../../../src/policy/walls.ts';
import type { Channel } from '../channel.ts';
import { ELEMENT_CHANNELS } from '../element-channels.ts';
import { LEAVING_CHANNELS } from '../leaving-channels.ts';
import { PAGE_CHANNELS } from '../page-channels.ts';
import { REALM_CHANNELS } from '../realm-channels.ts';

export interface Way {
  name: string;
  /** Runs in the page, as a function or as a function's source. `url`: an address at the sink. */
  run: string | ((url: string) => unknown);
  /** If true, the way sends nothing, and `run` returns true if a door is open. */
  isDoor?: boolean;
  /** An element whose mere presence causes a request. */
  html?: (url: string) => string;
  /** If true, the connection has no path, so the sink gives the way a separate port. */
  hasOwnPort?: boolean;
  /** If true, the way navigates the page away. */
  leaves?: boolean;
}

export interface PageWall {
  wall: Wall;
  /** Directive of the content security policy; undefined for the allowlist. */
  directive?: string;
  /**
   * The value of the directive while the wall is removed. If undefined, the directive is omitted, and no other rule
   * replaces it.
   */
  open?: string;
  /** Another wall that stops the same ways. It is removed together with this one. */
  coveredBy?: Wall;
  ways: readonly Way[];
}

const ALL: ReadonlyMap<string, Way> = new Map([
  ...ELEMENT_CHANNELS.map(([name, html]): [string, Way] => [name, { name, html, run: () => undefined }]),
  ...[...REALM_CHANNELS, ...PAGE_CHANNELS].map((channel) => wayOf(channel, false)),
  ...LEAVING_CHANNELS.map((channel) => wayOf(channel, true)),
]);

function wayOf({ name, run, seenAs }: Channel, leaves: boolean): [string, Way] {
  return [name, { name, run, leaves, hasOwnPort: seenAs === 'port' }];
}

function named(...names: string[]): Way[] {
  return names.map((name) => {
    const way = ALL.get(name);
    if (way === undefined) throw new Error(`No channel is called ${name}.`);
    return way;
  });
}

/** A way that is open if a worker with this address starts. `url`: code that runs in the page. */
const starts = (name: string, url: string): Way => ({
  name,
  isDoor: true,
  run: `() => new Promise((resolve) => {
    const worker = new Worker(${url});
    worker.onmessage = () => resolve(true);
    worker.onerror = (event) => { event.preventDefault(); resolve(false); };
  })`,
});

export const PAGE_WALLS: readonly PageWall[] = [
  {
    wall: 'connect',
    directive: 'connect-src',
    open: '*',
    ways: named(
      ...['fetch', 'fetch with a body', 'fetch that outlives', 'XMLHttpRequest', 'WebSocket', 'EventSource'],
      ...['beacon', 'ping of a link'],
    ),
  },
  {
    wall: 'image',
    directive: 'img-src',
    open: '* data: blob:',
    ways: named('image', 'image in srcset', 'image in svg', 'image button', 'image object', 'poster'),
  },
  { wall: 'media', directive: 'media-src', open: '* blob:', ways: named('video', 'audio') },
  { wall: 'frame', directive: 'frame-src', open: '*', ways: named('frame') },
  { wall: 'form', directive: 'form-action', ways: named('form') },
  {
    wall: 'worker',
    directive: 'worker-src',
    open: "'self' blob: data:",
    ways: [
      starts('worker from data', `'data:text/javascript,postMessage(1)'`),
      starts('worker from a blob', `URL.createObjectURL(new Blob(['postMessage(1)']))`),
      starts('worker from this site', `'not-a-worker.js', { type: 'module' }`),
    ],
  },
  {
    wall: 'script',
    directive: 'script-src',
    open: "* data: 'unsafe-inline' 'unsafe-eval'",
    ways: named('script', 'import'),
  },
  {
    wall: 'style',
    directive: 'style-src',
    open: "* 'unsafe-inline'",
    ways: named('style sheet', 'import in a style'),
  },
  { wall: 'font', directive: 'font-src', open: '*', ways: named('font', 'font in a style') },
  {
    wall: 'object',
    directive: 'object-src',
    open: '*',
    ways: named('object', 'embed'),
    // The content of a plug-in is fetched like a frame.
    coveredBy: 'frame',
  },
  {
    wall: 'base',
    directive: 'base-uri',
    ways: [
      {
        name: 'base',
        isDoor: true,
        run: (url) => {
          document.head.append(Object.assign(document.createElement('base'), { href: url }));
          return document.baseURI.startsWith(url);
        },
      },
    ],
  },
  { wall: 'sandbox', directive: 'sandbox', ways: named('window') },
  { wall: 'allowlist', ways: named('call by a STUN server') },
];
