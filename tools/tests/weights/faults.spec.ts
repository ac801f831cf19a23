// Tests downloads in a real browser from a host that produces every fault. Each fault must end with its own code, and
// no unverified byte may be stored. Once the fault is gone, the download must complete, and the model must give the
// same answer.

import { expect, test, type Page } from '@playwright/test';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import type { FailureCode } from '../../../src/failure.ts';
import { Host, type Fault, type Request } from './host.ts';
import { hashesIn, manyShards } from './packages.ts';
import { random } from '../support/random.ts';

let host: Host;
let folder: string;
let url: string;

test.beforeAll(async () => {
  host = await Host.start();
  folder = await manyShards('dense-tied');
  url = host.servePackage('dense', folder);
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  host.fault = () => undefined;
  host.gate = () => Promise.resolve();
  await page.goto('/');
});

const request = (): ModelRequest => ({ id: 'dense', name: 'Dense', source: { kind: 'package', url } });
const download = (page: Page) => page.evaluate((asked) => window.weights.download(asked), request());

/** Expects each stored file to match the hash that names it. Returns the hashes in order. */
async function storedSoundly(page: Page, id = 'dense'): Promise<string[]> {
  const stored = await page.evaluate((model) => window.weights.stored(model), id);
  for (const file of stored) {
    expect(file.actual).toBe(file.sha256);
    expect(file.noted).toBe(true);
  }
  return stored.map((file) => file.sha256).sort();
}

test('a package downloads, verifies, answers like a clean load, and is removed again', async ({ page }) => {
  const { outcome, events } = await download(page);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready', preset: 'balanced' } });
  // For a small model the app does not ask the browser for persistent storage.
  expect(events.map((event) => event.kind)).not.toContain('persistence');
  expect(await storedSoundly(page)).toEqual(hashesIn(folder));
  const clean = await page.evaluate((from) => window.weights.answer({ url: from }), url);
  expect(clean.tokens).toHaveLength(12);
  expect(await page.evaluate(() => window.weights.answer({ id: 'dense' }))).toEqual(clean);

  const before = host.log.length;
  expect((await download(page)).outcome.kind).toBe('done');
  // A repeated download requests only the manifest.
  expect(host.log.slice(before).map((sent) => sent.path)).toEqual(['/dense/manifest.json']);

  const full = await page.evaluate(() => window.weights.storage());
  expect(await page.evaluate(() => window.weights.remove('dense'))).toEqual({ kind: 'done', value: null });
  expect(await page.evaluate(() => window.weights.list())).toEqual({ kind: 'done', value: [] });
  const usedBefore = full.kind === 'done' ? (full.value.usageBytes ?? 0) : 0;
  expect(usedBefore).toBeGreaterThan(7e6);
  await expect
    .poll(
      async () => {
        const now = await page.evaluate(() => window.weights.storage());
        return now.kind === 'done' ? (now.value.usageBytes ?? 0) : Infinity;
      },
      { timeout: 100_000 },
    )
    .toBeLessThan(usedBefore / 4);
});

const isShard = ({ path }: Request): boolean => path.endsWith('.safetensors');

/** A lasting fault, and the code with which the download ends. */
const LASTING: [Fault, FailureCode][] = [
  [{ kind: 'refused' }, 'network'],
  [{ kind: 'cut', at: 0 }, 'network'],
  [{ kind: 'stall', at: 0 }, 'stalled'],
  [{ kind: 'web-page' }, 'web-page'],
  [{ kind: 'status', status: 404 }, 'missing-file'],
  [{ kind: 'status', status: 403 }, 'forbidden'],
  [{ kind: 'status', status: 503 }, 'network'],
  [{ kind: 'short' }, 'short-body'],
  [{ kind: 'long' }, 'short-body'],
  [{ kind: 'flipped', at: 0.5 }, 'corrupt-shard'],
];

for (const [fault, code] of LASTING) {
  const name = 'status' in fault ? `status ${fault.status}` : fault.kind;
  test(`"${name}" ends as '${code}', keeps the sound files, and the download continues afterwards`, async ({
    page,
  }) => {
    const victims = new Set(hashesIn(folder).filter((_, index) => index % 3 === 0));
    host.fault = (asked) => {
      const sha256 = asked.path.split('/').at(-1)?.replace('.safetensors', '') ?? '';
      return isShard(asked) && victims.has(sha256) ? fault : undefined;
    };
    const broken = await download(page);
    expect(broken.outcome).toMatchObject({ kind: 'failed', failure: { code } });
    // The failure message names the file.
    const message = broken.outcome.kind === 'failed' ? broken.outcome.failure.message : '';
    expect(message).toMatch(/[0-9a-f]{64}\.safetensors/);
    const kept = await storedSoundly(page);
    host.fault = () => undefined;
    const before = host.log.length;
    expect((await download(page)).outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
    expect(await storedSoundly(page)).toEqual(hashesIn(folder));
    const again = host.log.slice(before).filter((sent) => kept.some((sha256) => sent.path.includes(sha256)));
    expect(again).toEqual([]);
  });
}

test('the download refuses a redirect to a host that is not named, and follows one to a named host', async ({
  page,
}) => {
  host.fault = (asked) => (isShard(asked) ? { kind: 'elsewhere' } : undefined);
  const naming = (hosts: string[]): ModelRequest => ({
    ...request(),
    source: { kind: 'package', url, hosts },
  });
  const ask = (asked: ModelRequest) => page.evaluate((model) => window.weights.download(model), asked);
  const refused = await ask(naming(['http://example.org']));
  expect(refused.outcome).toMatchObject({ kind: 'failed', failure: { code: 'redirected' } });
  expect((await storedSoundly(page)).length).toBeLessThan(hashesIn(folder).length);
  expect((await ask(naming([host.cdn]))).outcome).toMatchObject({ kind: 'done' });
  expect(await storedSoundly(page)).toEqual(hashesIn(folder));
});

test('the download fetches a file with a wrong hash three times, and not more', async ({ page }) => {
  const victim = hashesIn(folder)[0] ?? '';
  host.fault = ({ path }) => (path.includes(victim) ? { kind: 'flipped', at: 0.3 } : undefined);
  const before = host.log.length;
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  expect(host.log.slice(before).filter((sent) => sent.path.includes(victim))).toHaveLength(3);
});

test('a transfer that breaks continues at the same byte', async ({ page }) => {
  const once = new Set<string>();
  host.fault = ({ path }) => {
    if (!path.endsWith('.safetensors') || once.has(path)) return undefined;
    once.add(path);
    return { kind: 'cut', at: 0.6 };
  };
  const before = host.log.length;
  const { outcome, events } = await download(page);
  expect(outcome.kind).toBe('done');
  expect(events.some((event) => event.kind === 'retrying')).toBe(true);
  const parts = host.log.slice(before).filter((sent) => sent.range !== undefined);
  expect(parts.length).toBeGreaterThan(0);
  expect(parts.every((sent) => sent.status === 206 && sent.start > 0)).toBe(true);
});

test('a package of a newer format leaves the old model usable, and says to update', async ({ page }) => {
  expect((await download(page)).outcome.kind).toBe('done');
  await page.context().route('**/manifest.json', (route) =>
    route.fulfill({
      json: { format: 'darkroom-package', version: 99 },
      headers: { 'Access-Control-Allow-Origin': '*' },
    }),
  );
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'newer-format' } });
  expect(await page.evaluate(() => window.weights.list())).toMatchObject({ value: [{ state: 'ready' }] });
  expect(await storedSoundly(page)).toEqual(hashesIn(folder));
});

test('a pause keeps the verified bytes, and the same call continues the download', async ({ page }) => {
  const asked = request();
  const half = await page.evaluate((model) => window.weights.download(model, 'quick', 3_000_000), asked);
  expect(half.outcome).toEqual({ kind: 'stopped' });
  const kept = await storedSoundly(page);
  const before = host.log.length;
  expect((await download(page)).outcome.kind).toBe('done');
  const again = host.log.slice(before).filter((sent) => kept.some((sha256) => sent.path.includes(sha256)));
  expect(again).toEqual([]);
  expect(await storedSoundly(page)).toEqual(hashesIn(folder));
});

test('200 random faults lose nothing', async ({ page }) => {
  test.setTimeout(600_000);
  const seed = Number(process.env.FAULT_SEED ?? 20261122);
  const next = random(seed);
  const clean = await page.evaluate((from) => window.weights.answer({ url: from }), url);
  let faults = 0;
  const kinds = new Map<string, number>();
  host.fault = (asked) => {
    if (faults >= 200 || next() < 0.4) return undefined;
    faults++;
    const fault = anyFault(next, asked);
    kinds.set(fault.kind, (kinds.get(fault.kind) ?? 0) + 1);
    return fault;
  };
  const codes = new Map<string, number>();
  let rounds = 0;
  while (faults < 200) {
    rounds++;
    const { outcome } = await download(page);
    if (outcome.kind === 'failed') {
      codes.set(outcome.failure.code, (codes.get(outcome.failure.code) ?? 0) + 1);
      expect(outcome.failure.code, outcome.failure.message).not.toBe('bug');
    } else if (faults < 200) {
      // The download was complete before all faults had occurred, so start again.
      expect(await storedSoundly(page)).toEqual(hashesIn(folder));
      await page.evaluate(() => window.weights.remove('dense'));
    }
    await storedSoundly(page);
  }
  expect((await download(page)).outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(await storedSoundly(page)).toEqual(hashesIn(folder));
  expect(await page.evaluate(() => window.weights.answer({ id: 'dense' }))).toEqual(clean);
  const listed = (map: Map<string, number>): string =>
    Array.from(map, ([name, n]) => `${name} ${n}`).join(', ');
  console.log(
    `seed ${seed}: ${faults} faults (${listed(kinds)}) in ${rounds} downloads; ends: ${listed(codes)}`,
  );
});

function anyFault(next: () => number, { range }: Request): Fault {
  const at = next();
  const choices: Fault[] = [
    { kind: 'refused' },
    { kind: 'cut', at },
    { kind: 'cut', at },
    { kind: 'web-page' },
    { kind: 'status', status: [404, 403, 500, 503, 429][Math.floor(next() * 5)] ?? 500 },
    { kind: 'short' },
    { kind: 'long' },
    { kind: 'flipped', at },
    { kind: 'elsewhere' },
    // Stalls are rarer, because each of them lasts until the watchdog's timeout.
    ...(next() < 0.3 ? [{ kind: 'stall', at } as const] : []),
    ...(range ? [{ kind: 'wrong-range' } as const, { kind: 'no-range' } as const] : []),
  ];
  return choices[Math.floor(next() * choices.length)] ?? { kind: 'refused' };
}
