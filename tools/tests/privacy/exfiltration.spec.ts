// Tries to carry a canary out of the built app, from its page and from each of its workers' realms, to a sink on this
// machine. With the policy, whether sent by the server or added by the service worker alone, nothing may arrive.
// Without the policy most channels must leak, or this test would prove nothing.

import { chromium, expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../support/chromium.ts';
import type { Channel } from './channel.ts';
import { ELEMENT_CHANNELS } from './element-channels.ts';
import { LEAVING_CHANNELS } from './leaving-channels.ts';
import { PAGE_CHANNELS } from './page-channels.ts';
import { plantApp, servePlanted, type Order, type WorkerRealm } from './planted-app.ts';
import { REALM_CHANNELS, SERVICE_WORKER_CHANNELS } from './realm-channels.ts';
import { Sink } from './sink.ts';

/** The canary stands for photos as well as prompts, because data can leave the page's process only as text. */
const CANARY = 'canary7c91';
const SETTLE_MS = 4000;
/** At least this many channels leak in Chromium 156 without the policy. */
const LEAKING = 190;
/**
 * A document of the app that has the page's policy but runs none of its scripts, because the test opens many at once.
 */
const BARE = 'models/index.json';

interface Setting {
  server: 'sends the policy' | 'sends nothing';
  serviceWorker: boolean;
}

/** An attempted channel out of a realm, with its address at the sink, and whether data arrived through it. */
interface Tried {
  realm: 'page' | WorkerRealm;
  name: string;
  seenAs: Channel['seenAs'];
  url: string;
  leaked: boolean;
}

test.describe.configure({ mode: 'serial', timeout: 240_000 });
const results = new Map<string, readonly Tried[]>();

test('there are enough channels, of different kinds', () => {
  const page = [
    ...ELEMENT_CHANNELS.map(([name]) => name),
    ...named(PAGE_CHANNELS),
    ...named(LEAVING_CHANNELS),
  ];
  const kinds = [...page, ...named(REALM_CHANNELS), ...named(SERVICE_WORKER_CHANNELS)];
  expect(new Set(page).size).toBe(page.length);
  expect(new Set(kinds).size).toBeGreaterThanOrEqual(120);
});

test('most channels leak without the policy', async () => {
  const tried = await tryAll('open', { server: 'sends nothing', serviceWorker: false });
  const open = tried.filter(({ leaked }) => leaked);
  expect(open.length, 'ways that leak where nothing holds them').toBeGreaterThanOrEqual(LEAKING);
  for (const realm of ['page', 'inference', 'media', 'weights', 'hash', 'kernel', 'thread', 'service']) {
    expect(open.filter((each) => each.realm === realm).length, realm).toBeGreaterThanOrEqual(5);
  }
});

test('nothing arrives with the policy that the server sends', async () => {
  const tried = await tryAll('headers', { server: 'sends the policy', serviceWorker: false });
  expect(tried.filter(({ leaked }) => leaked).map(said)).toEqual([]);
});

test('nothing arrives with the policy that the service worker adds', async () => {
  const tried = await tryAll('service worker', { server: 'sends nothing', serviceWorker: true });
  expect(tried.filter(({ leaked }) => leaked).map(said)).toEqual([]);
});

test.afterAll(() => {
  const open = results.get('open') ?? [];
  const kinds = new Set(open.map(({ name }) => name)).size;
  console.log(
    `\n${open.length} ways of ${kinds} kinds tried, ${open.filter(({ leaked }) => leaked).length} open without policy`,
  );
  const closed = open.filter(({ leaked }) => !leaked);
  console.log(`never seen to leak here: ${closed.map(said).join(', ') || 'none'}`);
  for (const [setting, tried] of results) {
    console.log(`${setting}: ${tried.filter(({ leaked }) => leaked).length} of ${tried.length} leaked`);
  }
});

const named = (channels: readonly Channel[]): string[] => channels.map(({ name }) => name);
const said = ({ realm, name }: Tried): string => `${realm}: ${name}`;

async function tryAll(label: string, { server, serviceWorker }: Setting): Promise<readonly Tried[]> {
  const folder = mkdtempSync(join(tmpdir(), 'exfiltration-'));
  const netLog = join(folder, 'net.json');
  const planted = plantApp(join(folder, 'dist'), (realm) =>
    realm === 'service' ? SERVICE_WORKER_CHANNELS : REALM_CHANNELS,
  );
  const app = await servePlanted(planted, server === 'sends the policy');
  const sink = await Sink.start();
  const browser = await launch(netLog);
  const tried: Tried[] = [];
  const add = async (
    realm: Tried['realm'],
    { name, seenAs }: Pick<Channel, 'name' | 'seenAs'>,
  ): Promise<string> => {
    const path = slug(`${realm} ${name}`);
    const port = seenAs === 'port' ? await sink.ownPort(path) : sink.port;
    const url = `http://127.0.0.1:${port}/${path}/${CANARY}`;
    tried.push({ realm, name, seenAs, url, leaked: false });
    return url;
  };
  const orderOf = async (realm: WorkerRealm, channels: readonly Channel[]): Promise<Order> => {
    const leak: [string, string][] = [];
    for (const channel of channels) leak.push([channel.name, await add(realm, channel)]);
    return { leak };
  };
  const script = (realm: WorkerRealm): string => planted.scripts.get(realm) ?? `no script of ${realm}`;

  try {
    const context = await browser.newContext({ serviceWorkers: serviceWorker ? 'allow' : 'block' });
    await context.grantPermissions(['notifications']);
    const page = await context.newPage();
    await page.goto(app.origin);
    // On the first visit, the page is reloaded under the policy before its UI is built.
    if (serviceWorker || server === 'sends the policy') {
      await page.waitForFunction(() => document.body.childElementCount > 0);
    }

    for (const [name, html] of ELEMENT_CHANNELS) {
      const url = await add('page', { name });
      await page.evaluate(addElement, html(url));
    }
    for (const channel of [...REALM_CHANNELS, ...PAGE_CHANNELS]) {
      await attempt(page, channel, await add('page', channel));
    }
    for (const realm of ['inference', 'media', 'weights'] as const) {
      const order = await orderOf(realm, REALM_CHANNELS);
      expect(await tryInWorker(page, script(realm), order), realm).toBe(REALM_CHANNELS.length);
    }
    for (const [parent, realm] of [
      ['weights', 'hash'],
      ['inference', 'kernel'],
      ['inference', 'thread'],
    ] as const) {
      const order = { nested: { script: script(realm), order: await orderOf(realm, REALM_CHANNELS) } };
      expect(await tryInWorker(page, script(parent), order), realm).toBe(REALM_CHANNELS.length);
    }
    // If the host sends no policy, the service worker itself has none, because nothing could add it.
    if (!serviceWorker) {
      const order = await orderOf('service', SERVICE_WORKER_CHANNELS);
      const count = await tryInServiceWorker(browser, app.origin, script('service'), order);
      expect(count, 'service worker').toBe(SERVICE_WORKER_CHANNELS.length);
    }
    await leave(context, app.origin + BARE, add);
    await page.waitForTimeout(SETTLE_MS);
  } finally {
    await browser.close();
    await app.stop();
    await sink.stop();
  }
  const lookedUp = readFileSync(netLog, 'utf8').toLowerCase();
  rmSync(folder, { recursive: true });
  const outcome = tried.map((each): Tried => ({ ...each, leaked: hasLeaked(each, sink.arrivals, lookedUp) }));
  results.set(label, outcome);
  // No other data may arrive either: no bare connection, no packet.
  if (label !== 'open') {
    expect(outcome.filter(({ leaked }) => leaked).map(said)).toEqual([]);
    expect(sink.arrivals).toEqual([]);
  }
  return outcome;
}

function hasLeaked({ realm, name, seenAs }: Tried, arrivals: readonly string[], lookedUp: string): boolean {
  const path = slug(`${realm} ${name}`);
  if (seenAs === 'port') return arrivals.includes(`port ${path}`);
  if (seenAs === 'dns') return lookedUp.includes(`${path}-${CANARY}.leak.test`);
  return arrivals.some((arrival) => arrival.includes(`/${path}/${CANARY}`));
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

function addElement(html: string): void {
  document.body.appendChild(document.createElement('div')).innerHTML = html;
}

/** Runs the channel in the page, ignores its errors, and does not wait for one that hangs. */
async function attempt(page: Page, { run }: Channel, url: string): Promise<void> {
  const call = `Promise.resolve((${run.toString()})(${JSON.stringify(url)}))`;
  await page.evaluate(`(() => { try { void ${call}.catch(() => {}); } catch {} })()`).catch(() => undefined);
}

/**
 * Starts the app's own worker with the headers with which it is served. Returns the number of channels that it tried.
 */
function tryInWorker(page: Page, script: string, order: Order): Promise<number> {
  return page.evaluate(
    ([url, sent]) =>
      new Promise<number>((resolve, reject) => {
        const worker = new Worker(url, { type: 'module' });
        Object.assign(window, { [`kept ${Math.random()}`]: worker });
        worker.addEventListener('error', (event) => {
          // An error inside the script is reported as an ErrorEvent; a failed start is not.
          if (!(event instanceof ErrorEvent)) reject(new Error(`${url} did not start.`));
        });
        worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          if (typeof data === 'object' && data !== null && 'tried' in data) resolve(Number(data.tried));
        });
        worker.postMessage(sent);
      }),
    [script, order] as const,
  );
}

async function tryInServiceWorker(
  browser: Browser,
  origin: string,
  script: string,
  order: Order,
): Promise<number> {
  const context = await browser.newContext({ serviceWorkers: 'allow' });
  const page = await context.newPage();
  await page.goto(origin + BARE);
  return page.evaluate(
    async ([url, sent]) => {
      await navigator.serviceWorker.register(url);
      const { active } = await navigator.serviceWorker.ready;
      return new Promise<number>((resolve) => {
        navigator.serviceWorker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
          if (typeof data === 'object' && data !== null && 'tried' in data) resolve(Number(data.tried));
        });
        navigator.serviceWorker.startMessages();
        active?.postMessage(sent);
      });
    },
    [script, order] as const,
  );
}

/** Tries each channel on a separate page; all pages are open at once. */
async function leave(
  context: BrowserContext,
  address: string,
  add: (realm: 'page', channel: Channel) => Promise<string>,
): Promise<void> {
  await Promise.all(
    LEAVING_CHANNELS.map(async (channel) => {
      const fresh = await context.newPage();
      await fresh.goto(address);
      await attempt(fresh, channel, await add('page', channel));
    }),
  );
}

async function launch(netLog: string): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // This flag, which Playwright sets by default, would block network hints before any policy could.
    ignoreDefaultArgs: ['--disable-background-networking'],
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-popup-blocking', `--log-net-log=${netLog}`],
  });
}
