// Tests the page's walls one by one: each wall alone, and each wall missing while all others stand, except the allowlist,
// which covers them all.

import type { Browser } from '@playwright/test';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { withDirective, type Change } from '../changed-app.ts';
import { saidOpen, tryWays, withApp } from './attempt.ts';
import type { InTurn, Row } from './row.ts';
import { PAGE_WALLS, type PageWall } from './ways.ts';

const isPage = (path: string): boolean => path === '/';

/** Removes all walls but this one. */
const alone =
  ({ directive }: PageWall): Change =>
  (value, header, path) => {
    if (!isPage(path)) return value;
    if (header === 'Connection-Allowlist') return directive === undefined ? value : undefined;
    if (header !== 'Content-Security-Policy') return value;
    const own = value.split('; ').find((each) => each.split(' ')[0] === directive);
    // The policy has no `object-src`; its default-src rule covers it.
    return own ?? (directive === 'object-src' ? "object-src 'none'" : undefined);
  };

/** Removes only this wall, and the walls and the allowlist that cover it. */
const missing =
  (wall: PageWall): Change =>
  (value, header, path) => {
    if (!isPage(path)) return value;
    if (header === 'Connection-Allowlist') return undefined;
    if (header !== 'Content-Security-Policy') return value;
    return withCover(wall).reduce(
      (policy, { directive, open }) =>
        directive === undefined ? policy : withDirective(policy, directive, open),
      value,
    );
  };

const withCover = (wall: PageWall): PageWall[] => [
  wall,
  ...PAGE_WALLS.filter(({ wall: name }) => name === wall.coveredBy),
];

export function pageWalls(): InTurn[] {
  return [
    ...PAGE_WALLS.map((wall): InTurn => [nameOf(wall), (browser) => pageRow(browser, wall)]),
    ['page: frame-ancestors', embedRow],
  ];
}

const nameOf = ({ directive }: PageWall): string => `page: ${directive ?? 'Connection-Allowlist'}`;

async function pageRow(browser: Browser, wall: PageWall): Promise<Row> {
  const taken = new Set(withCover(wall));
  const others = PAGE_WALLS.filter((other) => !taken.has(other) && other.directive !== undefined);
  const ofOthers = others.flatMap(({ ways }) => ways);
  const held = await withApp(browser, alone(wall), (opened) => tryWays(opened, wall.ways));
  const [says, out] = await withApp(browser, missing(wall), async (opened) => {
    await opened.page.goto(opened.origin);
    const said = await saidOpen(opened.page);
    return [said, await tryWays(opened, [...wall.ways, ...ofOthers])] as const;
  });
  const own = new Set(wall.ways.map(({ name }) => name));
  return {
    says,
    shouldSay: Array.from(taken, (each) => `page: ${each.wall}`),
    ways: wall.ways.length,
    outAlone: held,
    outMissing: out.filter((name) => own.has(name)),
    othersOut: out.filter((name) => !own.has(name)),
  };
}

/** Tests whether another site can show the app in a frame. */
async function embedRow(browser: Browser): Promise<Row> {
  const wall: PageWall = { wall: 'embed', directive: 'frame-ancestors', ways: [] };
  const isShown = (change: Change): Promise<string[] | undefined> =>
    withApp(browser, change, async ({ page, origin }) => {
      const outer = createServer((_, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end(`<iframe src="${origin}"></iframe>`);
      }).listen(0, '127.0.0.1');
      await once(outer, 'listening');
      try {
        await page.goto(`http://127.0.0.1:${(outer.address() as AddressInfo).port}/`);
        const frame = page.frames().find((each) => each.url() === origin);
        if (frame === undefined) return undefined;
        const words = frame.locator('main');
        await words.waitFor({ timeout: 20_000 });
        return await saidOpen(frame);
      } finally {
        outer.closeAllConnections();
        outer.close();
      }
    });
  const says = await isShown(missing(wall));
  return {
    says: says ?? [],
    shouldSay: ['page: embed'],
    ways: 1,
    outAlone: (await isShown(alone(wall))) === undefined ? [] : ['frame of another site'],
    outMissing: says === undefined ? [] : ['frame of another site'],
    othersOut: [],
  };
}
