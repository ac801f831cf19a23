// Tests the walls of each worker one by one. Each worker has its own policy, which the server sends with the worker's
// script.

import type { Browser, Page, Worker } from '@playwright/test';
import { readdirSync } from 'node:fs';
import type { Realm } from '../../../../src/ui/privacy/walls.svelte.ts';
import type { Wall } from '../../../../src/policy/walls.ts';
import { withDirective, type Change } from '../changed-app.ts';
import { saidOpen, withApp } from './attempt.ts';
import type { InTurn, Row } from './row.ts';

type WorkerRealm = Exclude<Realm, 'page'>;

interface Rule {
  wall: Wall;
  directive: string;
  open: string;
  /** Runs in the worker. Returns true if data left the worker, or if a door is open. */
  way: (url: string) => unknown;
}

const RULES: readonly Rule[] = [
  {
    wall: 'connect',
    directive: 'connect-src',
    open: '* data:',
    way: (url) => fetch(url, { mode: 'no-cors' }).then(() => true),
  },
  {
    wall: 'script',
    directive: 'script-src',
    open: "* data: 'wasm-unsafe-eval'",
    way: (url) => import(/* @vite-ignore */ `${url}.js`).then(() => true),
  },
  {
    wall: 'worker',
    directive: 'worker-src',
    open: "'self' blob: data:",
    way: () =>
      new Promise((resolve) => {
        const worker = new Worker('data:text/javascript,postMessage(1)');
        worker.onmessage = () => resolve(true);
        worker.onerror = () => resolve(false);
      }),
  },
];

const REALMS: readonly WorkerRealm[] = ['media', 'inference', 'weights', 'hash', 'kernel'];
/** Realms that other workers start, so a page cannot try their ways; only the app's report is checked. */
const NESTED: ReadonlySet<WorkerRealm> = new Set(['hash', 'kernel']);

export function workerWalls(): InTurn[] {
  return REALMS.flatMap((realm) =>
    RULES.map((rule): InTurn => [`${realm}: ${rule.directive}`, (browser) => look(browser, realm, rule)]),
  );
}

async function look(browser: Browser, realm: WorkerRealm, rule: Rule): Promise<Row> {
  const isItsScript = (path: string): boolean => path.startsWith(`/assets/${realm}.worker`);
  const alone: Change = (value, header, path) => {
    if (!isItsScript(path) || !/^(Content-Security-Policy|Connection-Allowlist)$/.test(header)) return value;
    return value.split('; ').find((each) => each.split(' ')[0] === rule.directive);
  };
  const missing: Change = (value, header, path) => {
    if (!isItsScript(path)) return value;
    if (header === 'Connection-Allowlist') return undefined;
    return header === 'Content-Security-Policy' ? withDirective(value, rule.directive, rule.open) : value;
  };
  const isReached = !NESTED.has(realm);
  const out = (change: Change, rules: readonly Rule[]): Promise<string[]> =>
    withApp(browser, change, async ({ page, origin, sink }) => {
      await page.goto(origin);
      const worker = await started(page, realm);
      const found = await Promise.all(
        rules.map(async ({ wall, way }) => {
          const url = `http://127.0.0.1:${sink.port}/${wall}`;
          const code = `Promise.race([
            (async () => (${way.toString()})(${JSON.stringify(url)}))().catch(() => false),
            new Promise((resolve) => setTimeout(() => resolve(false), 4000)),
          ])`;
          return (await worker.evaluate<boolean>(code)) ? [wall] : [];
        }),
      );
      return found.flat();
    });
  const says = await withApp(browser, missing, async ({ page, origin }) => {
    await page.goto(origin);
    return saidOpen(page);
  });
  const outMissing = isReached ? await out(missing, RULES) : [];
  return {
    says,
    shouldSay: [`${realm}: ${rule.wall}`],
    ways: isReached ? 1 : 0,
    outAlone: isReached ? await out(alone, [rule]) : [],
    outMissing: outMissing.filter((wall) => wall === rule.wall),
    othersOut: outMissing.filter((wall) => wall !== rule.wall),
  };
}

/** Starts one more of the app's workers, with the headers with which it is served. */
async function started(page: Page, realm: WorkerRealm): Promise<Worker> {
  const file = readdirSync('dist/assets').find((name) => name.startsWith(`${realm}.worker`));
  const path = `assets/${file ?? ''}?${Date.now()}`;
  const [worker] = await Promise.all([
    page.waitForEvent('worker', { predicate: (each) => each.url().endsWith(path), timeout: 60_000 }),
    page.evaluate((url) => {
      Object.assign(window, { kept: new Worker(url, { type: 'module' }) });
    }, path),
  ]);
  return worker;
}
