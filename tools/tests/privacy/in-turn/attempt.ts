// Opens the app on a server that sends a changed policy, and reports the ways through which data then leaves the app.

import type { Browser, BrowserContext, Frame, Page } from '@playwright/test';
import type { Wall } from '../../../../src/policy/walls.ts';
import { en } from '../../../../src/ui/privacy/strings.ts';
import { butTrustedTypes, serveChanged, type Change } from '../changed-app.ts';
import { Sink } from '../sink.ts';
import type { Way } from './ways.ts';

/** Data that was sent arrives within this time, or not at all. */
const SETTLE_MS = 1500;

export interface Opened {
  page: Page;
  context: BrowserContext;
  origin: string;
  sink: Sink;
}

/** `project`: a folder with its own build; if omitted, this project. */
export async function withChangedApp<T>(
  browser: Browser,
  change: Change,
  job: (opened: Opened) => Promise<T>,
  project?: string,
): Promise<T> {
  const sink = await Sink.start();
  const app = await serveChanged(change, project);
  const context = await browser.newContext({ serviceWorkers: 'block', locale: 'en' });
  try {
    const page = await context.newPage();
    return await job({ page, context, origin: app.origin, sink });
  } finally {
    await context.close();
    await app.stop();
    await sink.stop();
  }
}

/**
 * Like withChangedApp, but without Trusted Types, which text-walls.ts tests: they would prevent a test from writing
 * markup or starting workers.
 */
export function withApp<T>(
  browser: Browser,
  change: Change,
  job: (opened: Opened) => Promise<T>,
  project?: string,
): Promise<T> {
  return withChangedApp(browser, butTrustedTypes(change), job, project);
}

/** Tries the ways, and returns the names of those that leaked. */
export async function tryWays(opened: Opened, ways: readonly Way[]): Promise<string[]> {
  const { page, origin, sink } = opened;
  const got = new Set<string>();
  const ports = new Map<string, number>();
  for (const { name, hasOwnPort } of ways) {
    if (hasOwnPort === true) ports.set(name, await sink.ownPort(slug(name)));
  }
  const address = (name: string): string => `http://127.0.0.1:${ports.get(name) ?? sink.port}/${slug(name)}`;
  await goto(page, origin);
  const staying = ways.filter(({ leaves }) => leaves !== true);
  await Promise.all(
    staying.map(async ({ name, run, html, isDoor }) => {
      const text = html?.(address(name));
      const code =
        text === undefined
          ? `(${run.toString()})(${JSON.stringify(address(name))})`
          : `document.body.append(document.createRange().createContextualFragment(${JSON.stringify(text)}))`;
      if ((await finds(page, code)) && isDoor === true) got.add(name);
    }),
  );
  await page.waitForTimeout(SETTLE_MS);
  await Promise.all(
    ways
      .filter(({ leaves }) => leaves === true)
      .map(async ({ name, run }) => {
        const other = await opened.context.newPage();
        await goto(other, origin);
        await finds(other, `(${run.toString()})(${JSON.stringify(address(name))})`);
        await other.waitForTimeout(SETTLE_MS);
        await other.close();
      }),
  );
  for (const { name, hasOwnPort } of ways) {
    const isMine = (arrival: string): boolean =>
      hasOwnPort === true
        ? arrival === `port ${slug(name)}`
        : new RegExp(`/${slug(name)}([.? ]|$)`).test(arrival);
    if (sink.arrivals.some(isMine)) got.add(name);
  }
  return Array.from(got);
}

/** Whether the code returns true. Counts as false if the code throws, or does not end within 4 s. */
async function finds(page: Page, code: string): Promise<boolean> {
  const caught = `Promise.race([
    (async () => (${code}))().catch(() => false),
    new Promise((resolve) => setTimeout(() => resolve(false), 4000)),
  ]).then((value) => value === true)`;
  return page.evaluate<boolean>(caught).catch(() => false);
}

async function goto(page: Page, origin: string): Promise<void> {
  await page.goto(origin);
  await page.locator('h1').first().waitFor();
}

const slug = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, '-');

/**
 * The walls that the app reports missing, as `realm: wall`. Leaves out the walls in `besides`, which a test removed on
 * purpose.
 */
export async function saidOpen(page: Page | Frame, besides: readonly Wall[] = ['text']): Promise<string[]> {
  const refusal = page.getByText(en.notHeld(['']).slice(0, 12));
  const panel = page.getByRole('button', { name: en.title, exact: true });
  await refusal.or(panel).first().waitFor();
  if ((await refusal.count()) > 0) {
    const words = await refusal.innerText();
    return Object.entries(en.wall)
      .filter(([, name]) => words.includes(name))
      .map(([wall]) => `page: ${wall}`);
  }
  await panel.click();
  await page.locator('.verdict').waitFor();
  await page.getByText(en.trying).first().waitFor({ state: 'detached' });
  return page.evaluate(
    (left) =>
      Array.from(
        document.querySelectorAll<HTMLElement>('[data-wall]:not([data-state="holds"])'),
        (element) => {
          const realm = element.closest<HTMLElement>('[data-realm]')?.dataset.realm ?? '';
          return { realm, wall: element.dataset.wall ?? '' };
        },
      )
        .filter(({ wall }) => !left.includes(wall))
        .map(({ realm, wall }) => `${realm}: ${wall}`),
    besides as readonly string[],
  );
}
