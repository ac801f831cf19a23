// npm run bench:first-visit: simulates a first visit to the built page over a slow line: opens the page, clicks a
// sample, clicks a question, reads the first word. Prints the seconds and bytes up to each step, and the bytes of the
// offline copy that follows; then the same for a second visit.
// --mbit 10, --latency 40     speed of the line in Mbit/s, and its round-trip time in ms
// --backend wasm              or webgpu (often a software adapter that computes on the processor), or auto
// --files                     lists the files transferred before and after the answer
// --no-build                  measures dist/ without a new build

import { chromium, type BrowserContext } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'vite';
import { answers, question } from '../../e2e/person.ts';
import { textTable } from '../cli/node/text-table.ts';
import { serveBuiltApp } from '../build/built-app.ts';
import { findOrInstallChromium } from '../tests/support/chromium.ts';
import { SlowLink, type Carried } from './slow-link.ts';

const { values } = parseArgs({
  options: {
    mbit: { type: 'string', default: '10' },
    latency: { type: 'string', default: '40' },
    backend: { type: 'string', default: 'auto' },
    files: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
  },
});

/** The time limit is long because everything takes long on a busy machine. */
const PATIENCE_MS = 300_000;
/** The offline copy is complete once the line has been silent for this long. */
const SILENCE_MS = 20_000;

interface Mark {
  what: string;
  seconds: number;
  bytes: number;
}

interface Visit {
  name: string;
  marks: Mark[];
  before: readonly Carried[];
  after: readonly Carried[];
}

const line = { bitsPerSecond: Number(values.mbit) * 1e6, latencyMs: Number(values.latency) };
if (!values['no-build']) await build({ logLevel: 'warn' });
const app = await serveBuiltApp();
const link = await SlowLink.before(app.origin, line);
const profile = mkdtempSync(join(tmpdir(), 'first-visit-'));
try {
  const visits = [await visit('first visit'), await visit('second visit')];
  console.log(`\n${values.mbit} Mbit/s, ${values.latency} ms there and back, ${values.backend}\n`);
  console.log(textTable(rowsOf(visits), 'right'));
  if (values.files) for (const each of visits) list(each);
} finally {
  await link.stop();
  await app.stop();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

async function visit(name: string): Promise<Visit> {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findOrInstallChromium(),
    locale: 'en',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-unsafe-webgpu', '--no-first-run'],
  });
  try {
    return await walk(name, context);
  } finally {
    await context.close();
  }
}

async function walk(name: string, context: BrowserContext): Promise<Visit> {
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(PATIENCE_MS);
  if (values.backend !== 'auto') {
    await page.addInitScript((backend) => localStorage.setItem('darkroom.backend', backend), values.backend);
  }
  const [startBytes, startFiles] = [link.sentBytes, link.carried.length];
  const since = performance.now();
  const marks: Mark[] = [];
  const mark = (what: string): void => {
    const seconds = (performance.now() - since) / 1000;
    marks.push({ what, seconds, bytes: link.sentBytes - startBytes });
  };
  await page.goto(link.origin, { waitUntil: 'commit' });
  await question(page).waitFor();
  mark('question field');
  await page
    .getByRole('button', { name: /^Sample picture/ })
    .first()
    .click();
  await page
    .getByRole('group', { name: /^Ask about it/ })
    .getByRole('button')
    .first()
    .click();
  mark('question asked');
  const text = answers(page).locator('[aria-busy]');
  await text.filter({ hasText: /\S/ }).waitFor();
  mark('first word');
  await page.locator('[role=article] [aria-busy=false], article [aria-busy=false]').waitFor();
  mark('answer');
  const answered = link.carried.length;
  const answeredAt = performance.now();
  await silence(page.isClosed.bind(page));
  mark('offline copy');
  const files = link.carried.slice(startFiles);
  const before = files.filter(({ at }) => at <= answeredAt);
  return { name, marks, before, after: link.carried.slice(answered) };
}

/** Resolves once the line has been silent for SILENCE_MS, or `isOver` returns true. */
async function silence(isOver: () => boolean): Promise<void> {
  let bytes = link.sentBytes;
  let silentSince = performance.now();
  while (!isOver() && performance.now() - silentSince < SILENCE_MS) {
    await sleep(250);
    if (link.sentBytes !== bytes || link.busy > 0) silentSince = performance.now();
    bytes = link.sentBytes;
  }
}

function rowsOf(visits: readonly Visit[]): string[][] {
  const [first] = visits;
  const head = ['', ...(first?.marks ?? []).flatMap(({ what }) => [`${what}: s`, 'MB'])];
  const rows = visits.map(({ name, marks }) => [
    name,
    ...marks.flatMap(({ seconds, bytes }) => [seconds.toFixed(1), megabytes(bytes)]),
  ]);
  return [head, ...rows];
}

function list({ name, before, after }: Visit): void {
  for (const [when, files] of [
    ['until the answer', before],
    ['afterwards', after],
  ] as const) {
    const rows = files
      .toSorted((a, b) => b.bytes - a.bytes)
      .map(({ path, status, bytes }) => [megabytes(bytes), String(status), path]);
    console.log(`\n${name}, ${when}: ${files.length} files\n${textTable(rows, 'left')}`);
  }
  const times = new Map<string, number>();
  for (const { path, status } of [...before, ...after]) {
    if (status !== 304) times.set(path, (times.get(path) ?? 0) + 1);
  }
  const twice = Array.from(times).filter(([, count]) => count > 1);
  console.log(`\n${name}, carried more than once: ${twice.map(([path]) => path).join(', ') || 'nothing'}`);
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(2);
}
