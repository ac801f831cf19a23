// `npm run test:walls`: removes each wall in turn. While a wall is missing, exactly its own ways must leak, and the app
// must report it as missing; while it is the only wall, none of its ways may leak.

import { chromium, expect, test, type Browser } from '@playwright/test';
import { rmSync } from 'node:fs';
import { findOrInstallChromium } from '../../support/chromium.ts';
import { textTable } from '../../../cli/node/text-table.ts';
import { codeWalls } from './code-walls.ts';
import { pageWalls } from './page-walls.ts';
import { buildTakeable } from './takeable-app.ts';
import { textWalls } from './text-walls.ts';
import { wrong, type InTurn, type Row } from './row.ts';
import { workerWalls } from './worker-walls.ts';

const AT_ONCE = 3;
/** If set, only walls whose names contain this text are tested. */
const ONLY = process.env.WALLS ?? '';

test.setTimeout(900_000);

test('each wall stops exactly its own ways out, as its removal shows @walls', async () => {
  const project = buildTakeable();
  const browser = await chromium.launch({
    executablePath: findOrInstallChromium(),
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-popup-blocking'],
  });
  try {
    const walls = [...pageWalls(), ...workerWalls(), ...textWalls(), ...codeWalls(project)];
    const rows = await inTurn(
      browser,
      walls.filter(([name]) => name.includes(ONLY)),
    );
    print(rows);
    const odd = rows.map(([name, row]) => [name, wrong(row)]).filter(([, what]) => what !== undefined);
    expect(odd).toEqual([]);
  } finally {
    await browser.close();
    rmSync(project, { recursive: true, force: true });
  }
});

async function inTurn(browser: Browser, walls: readonly InTurn[]): Promise<[name: string, row: Row][]> {
  const rows: [string, Row][] = [];
  const left = Array.from(walls.entries());
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [index, [name, look]] = next;
      rows[index] = [name, await look(browser)];
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows;
}

function print(rows: readonly (readonly [string, Row])[]): void {
  const head = ['wall', 'ways', 'out alone', 'out without it', 'others out', 'the app says', ''];
  const cells = rows.map(([name, row]) => [
    name,
    String(row.ways),
    String(row.outAlone.length),
    String(row.outMissing.length),
    String(row.othersOut.length),
    row.says.join(', ') || '–',
    wrong(row) ?? 'as it should be',
  ]);
  console.log(textTable([head, ...cells], 'left'));
}
