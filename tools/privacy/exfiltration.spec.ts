// Tries to carry a canary out of the built app, from its page and from its workers' own realms, to a sink
// on this machine. With the policy, sent by the server or added by the service worker alone, nothing may
// arrive; without it most ways must leak, or this test proves nothing.

import { chromium, expect, test, type Browser, type Page, type Worker } from '@playwright/test';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serveBuiltApp } from '../serve/built-app.ts';
import { findChromium } from '../test/chromium.ts';
import { serveChanged, withoutPolicy } from './changed-app.ts';
import { ELEMENT_CHANNELS, PAGE_CHANNELS, WORKER_CHANNELS, type Channel } from './channels.ts';
import { Sink } from './sink.ts';

/** Stands for photo and prompt alike: what leaves this process's page is text in the end. */
const CANARY = 'canary7c91';
const SETTLE_MS = 2000;

interface Setting {
  server: 'sends the policy' | 'sends nothing';
  serviceWorker: boolean;
}

interface Tried {
  name: string;
  leaked: boolean;
}

test.describe.configure({ mode: 'serial', timeout: 240_000 });
const results = new Map<string, Tried[]>();

test('without the policy, the ways out are open', async () => {
  const tried = await tryAll('open', { server: 'sends nothing', serviceWorker: false });
  const open = tried.filter(({ leaked }) => leaked);
  expect(open.length, 'ways that leak where nothing holds them').toBeGreaterThanOrEqual(50);
});

test('with the policy that the server sends, nothing arrives', async () => {
  const tried = await tryAll('headers', { server: 'sends the policy', serviceWorker: false });
  expect(tried.filter(({ leaked }) => leaked).map(({ name }) => name)).toEqual([]);
});

test('with the policy that the service worker adds, nothing arrives', async () => {
  const tried = await tryAll('service worker', { server: 'sends nothing', serviceWorker: true });
  expect(tried.filter(({ leaked }) => leaked).map(({ name }) => name)).toEqual([]);
});

test.afterAll(() => {
  const open = results.get('open') ?? [];
  console.log(
    `\n${open.length} ways tried, ${open.filter(({ leaked }) => leaked).length} open without policy`,
  );
  console.log(`never seen to leak here: ${names(open.filter(({ leaked }) => !leaked))}`);
  for (const [setting, tried] of results) {
    console.log(`${setting}: ${tried.filter(({ leaked }) => leaked).length} of ${tried.length} leaked`);
  }
});

const names = (tried: Tried[]): string => tried.map(({ name }) => name).join(', ') || 'none';

async function tryAll(label: string, { server, serviceWorker }: Setting): Promise<Tried[]> {
  const sink = await Sink.start();
  const app = await (server === 'sends the policy' ? serveBuiltApp() : serveChanged(withoutPolicy));
  const folder = mkdtempSync(join(tmpdir(), 'exfiltration-'));
  const netLog = join(folder, 'net.json');
  const browser = await launch(netLog);
  const tried: Omit<Tried & { channel: Channel['seenAs'] }, 'leaked'>[] = [];
  let udpBefore = 0;
  const udpLeaks = new Set<string>();
  const note = (name: string, channel: Channel['seenAs']): void => {
    tried.push({ name, channel });
    const udp = sink.arrivals.filter((arrival) => arrival === 'udp').length;
    if (channel === 'udp' && udp > udpBefore) udpLeaks.add(name);
    udpBefore = udp;
  };
  const address = (realm: string, name: string): string =>
    `http://127.0.0.1:${sink.port}/${slug(`${realm} ${name}`)}/${CANARY}`;
  try {
    const open = async (): Promise<Page> => {
      const context = await browser.newContext({ serviceWorkers: serviceWorker ? 'allow' : 'block' });
      const page = await context.newPage();
      await page.goto(app.origin);
      // The first visit is loaded anew, under the policy, before the page is built.
      if (serviceWorker || server === 'sends the policy') {
        await page.waitForFunction(() => document.body.childElementCount > 0);
      }
      return page;
    };

    const page = await open();
    for (const [name, html] of ELEMENT_CHANNELS) {
      await page.evaluate(
        (text) => {
          const box = document.body.appendChild(document.createElement('div'));
          box.innerHTML = text;
        },
        html(address('page', name)),
      );
      note(`page: ${name}`, undefined);
    }
    for (const channel of PAGE_CHANNELS.filter(({ leaves }) => leaves !== true)) {
      await attempt((code) => page.evaluate(code), channel, address('page', channel.name));
      note(`page: ${channel.name}`, channel.seenAs);
    }
    for (const script of ['inference.worker', 'weights.worker']) {
      const worker = await startWorker(page, script);
      for (const channel of WORKER_CHANNELS) {
        await attempt((code) => worker.evaluate(code), channel, address(script, channel.name));
        note(`${script}: ${channel.name}`, channel.seenAs);
      }
    }
    await page.waitForTimeout(SETTLE_MS);
    await page.context().close();
    for (const channel of PAGE_CHANNELS.filter(({ leaves }) => leaves === true)) {
      const fresh = await open();
      await attempt((code) => fresh.evaluate(code), channel, address('page', channel.name));
      await fresh.waitForTimeout(SETTLE_MS / 2);
      note(`page: ${channel.name}`, undefined);
      await fresh.context().close();
    }
  } finally {
    await browser.close();
    await app.stop();
    await sink.stop();
  }
  const lookedUp = readFileSync(netLog, 'utf8').toLowerCase();
  rmSync(folder, { recursive: true });
  const outcome = tried.map(({ name, channel }): Tried => {
    const [realm = '', way = ''] = name.split(': ');
    const path = slug(`${realm} ${way}`);
    if (channel === 'udp') return { name, leaked: udpLeaks.has(name) };
    if (channel === 'dns') return { name, leaked: lookedUp.includes(`${path}-${CANARY}.leak.test`) };
    return { name, leaked: sink.arrivals.some((arrival) => arrival.includes(`/${path}/${CANARY}`)) };
  });
  results.set(label, outcome);
  // Nothing of another kind either: no bare connection, no packet.
  if (label !== 'open') expect(sink.arrivals).toEqual([]);
  return outcome;
}

function slug(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

type Evaluate = (code: string) => Promise<unknown>;

/** Runs the channel there; how it fails is its own matter, and one that hangs is left behind. */
async function attempt(evaluate: Evaluate, channel: Channel, url: string): Promise<void> {
  const code = `(() => { try { const run = ${channel.run.toString()}; void Promise.resolve(run(${JSON.stringify(url)})).catch(() => {}); } catch {} })()`;
  await evaluate(code).catch(() => undefined);
  if (channel.seenAs === 'udp') await new Promise((later) => setTimeout(later, SETTLE_MS / 2));
}

/** The app's own worker, with the headers that it is served with. */
async function startWorker(page: Page, script: string): Promise<Worker> {
  const file = readdirSync('dist/assets').find((name) => name.startsWith(script) && name.endsWith('.js'));
  // The app starts workers of its own meanwhile: this one is told by its address.
  const path = `assets/${file ?? ''}?${Date.now()}`;
  const started = page.waitForEvent('worker', (worker) => worker.url().endsWith(path));
  await page.evaluate((url) => {
    Object.assign(window, { kept: new Worker(url, { type: 'module' }) });
  }, path);
  return started;
}

async function launch(netLog: string): Promise<Browser> {
  const executablePath = findChromium();
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // Playwright's own flag would stop hints to the network before any policy could.
    ignoreDefaultArgs: ['--disable-background-networking'],
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-popup-blocking', `--log-net-log=${netLog}`],
  });
}
