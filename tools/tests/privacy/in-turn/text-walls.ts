// Tests Trusted Types, realm by realm. The tests of the other walls run without Trusted Types, which would prevent them
// from writing markup or starting a worker. Here, they are first the only wall, and then the only missing wall.

import type { Browser } from '@playwright/test';
import { REALMS, type Realm } from '../../../../src/ui/privacy/walls.svelte.ts';
import { changePolicy, withDirective, type Change } from '../changed-app.ts';
import { en } from '../../../../src/ui/privacy/strings.ts';
import { saidOpen, tryWays, withChangedApp } from './attempt.ts';
import type { InTurn, Row } from './row.ts';
import { PAGE_WALLS, type Way } from './ways.ts';

const DIRECTIVE = 'require-trusted-types-for';

/** Sinks that treat a string as a program or as markup. */
const WAYS: readonly Way[] = [
  door('markup in an element', () => (document.createElement('p').innerHTML = '<b>x</b>')),
  door('program in an element', () => (document.createElement('script').text = 'undefined')),
  door('page in a frame', () => (document.createElement('iframe').srcdoc = '<b>x</b>')),
  door('page of a parser', () => new DOMParser().parseFromString('<b>x</b>', 'text/html')),
  door('worker', () => new Worker('/not-a-worker.js')),
];

function door(name: string, open: () => unknown): Way {
  return { name: `string: ${name}`, run: `() => ((${open.toString()})(), true)`, isDoor: true };
}

export function textWalls(): InTurn[] {
  return REALMS.map((realm): InTurn => [`${realm}: ${DIRECTIVE}`, (browser) => look(browser, realm)]);
}

/** Tries only the page's ways. For a worker, checks only the app's report. */
async function look(browser: Browser, realm: Realm): Promise<Row> {
  const path = realm === 'page' ? /^\/$/ : new RegExp(`^/assets/${realm}\\.worker`);
  const ways = realm === 'page' ? WAYS : [];
  const missing = changePolicy(path, (own) => withDirective(own, DIRECTIVE, undefined));
  const alone: Change = (value, header, pathname) => {
    if (!path.test(pathname) || !/^(Content-Security-Policy|Connection-Allowlist)$/.test(header))
      return value;
    return value.split('; ').find((each) => each.startsWith(DIRECTIVE));
  };
  const held =
    ways.length === 0 ? [] : await withChangedApp(browser, alone, (opened) => tryWays(opened, ways));
  const others = ways.length === 0 ? [] : PAGE_WALLS.flatMap((wall) => wall.ways);
  return withChangedApp(browser, missing, async (opened) => {
    await opened.page.goto(opened.origin);
    const says = await saidOpen(opened.page, []);
    // The panel still says that no data can leave, so it must explain the wall that it shows in red.
    await opened.page.getByText(en.secondLock).waitFor();
    const out = await tryWays(opened, [...ways, ...others]);
    const own = new Set(ways.map(({ name }) => name));
    return {
      says,
      shouldSay: [`${realm}: text`],
      ways: ways.length,
      outAlone: held,
      outMissing: out.filter((name) => own.has(name)),
      othersOut: out.filter((name) => !own.has(name)),
    };
  });
}
