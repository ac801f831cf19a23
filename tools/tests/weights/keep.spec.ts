// Tests stored models: several tabs, import without a network, damage and repair.

import { expect, test, type Page } from '@playwright/test';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preview } from 'vite';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';
import { Host } from './host.ts';
import { filesIn, FIXTURES, hashesIn, manifestIn, manyShards } from './packages.ts';

let host: Host;
let folder: string;
let request: ModelRequest;

test.beforeAll(async () => {
  host = await Host.start();
  folder = await manyShards('moe-untied');
  const url = host.servePackage('moe', folder);
  request = { id: 'moe', name: 'Mixture', source: { kind: 'package', url } };
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  host.gate = () => Promise.resolve();
  await page.goto('/');
});

const download = (page: Page) => page.evaluate((asked) => window.weights.download(asked), request);
const storedHashes = async (page: Page, id = 'moe'): Promise<string[]> =>
  (await page.evaluate((model) => window.weights.stored(model), id)).map((file) => file.actual).sort();
const answer = (page: Page, id = 'moe') => page.evaluate((model) => window.weights.answer({ id: model }), id);

test('one tab downloads, and another follows and takes over when the first one closes', async ({
  page,
  context,
}) => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const before = host.log.length;
  host.gate = () =>
    host.log.slice(before).reduce((n, sent) => n + sent.bytes, 0) > 1e6 ? opened : Promise.resolve();
  await page.evaluate((asked) => void window.weights.download(asked, 'app'), request);
  await expect.poll(() => page.evaluate(() => window.weights.keys('kept', 'moe'))).not.toEqual([]);

  const second = await context.newPage();
  await second.goto('/');
  const following = second.evaluate((asked) => window.weights.download(asked, 'app'), request);
  await expect.poll(() => second.evaluate(() => window.weights.heard())).toContain('following');
  expect(await second.evaluate(() => window.weights.remove('moe'))).toMatchObject({
    failure: { code: 'busy' },
  });
  const kept = (await page.evaluate(() => window.weights.keys('kept', 'moe'))).map((key) => String(key[2]));
  const atClose = host.log.length;
  await page.close();
  open();
  const { outcome, events } = await following;
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(events.some((event) => event.kind === 'progress')).toBe(true);
  const again = host.log.slice(atClose).filter(({ path }) => kept.some((sha256) => path.includes(sha256)));
  expect(again).toEqual([]);
  expect(await storedHashes(second)).toEqual(hashesIn(folder));
});

const hashers = (page: Page): string[] =>
  page
    .workers()
    .map((worker) => worker.url())
    .filter((url) => url.includes('hash.worker'));

test('a thread of its own hashes the files', async ({ page }) => {
  expect(await download(page)).toMatchObject({ outcome: { kind: 'done', value: { state: 'ready' } } });
  expect(hashers(page)).toHaveLength(1);
});

test('the weights worker hashes files itself if no hash worker can start', async ({ page }) => {
  const without = mkdtempSync(join(tmpdir(), 'no-hash-worker-'));
  const leaveOut = (path: string): boolean => !path.includes('hash.worker');
  cpSync('.cache/weights-page', without, { recursive: true, filter: leaveOut });
  const configFile = 'tools/tests/weights/vite.config.ts';
  const site = await preview({
    configFile,
    logLevel: 'warn',
    build: { outDir: without },
    preview: { port: 0 },
  });
  try {
    await page.goto(site.resolvedUrls!.local[0]!);
    expect(await download(page)).toMatchObject({ outcome: { kind: 'done', value: { state: 'ready' } } });
    expect(hashers(page)).toEqual([]);
    expect(await storedHashes(page)).toEqual(hashesIn(folder));
  } finally {
    await site.close();
    rmSync(without, { recursive: true });
  }
});

test('a tab that follows shows the progress of the other', async ({ page, context }) => {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  host.gate = () => opened;
  const first = page.evaluate((asked) => window.weights.download(asked, 'app'), request);
  const second = await context.newPage();
  await second.goto('/');
  await expect.poll(() => host.log.length).toBeGreaterThan(0);
  const before = host.log.length;
  const following = second.evaluate((asked) => window.weights.download(asked, 'app'), request);
  await expect.poll(() => second.evaluate(() => window.weights.heard())).toContain('following');
  open();
  expect((await first).outcome.kind).toBe('done');
  const { outcome, events } = await following;
  expect(outcome.kind).toBe('done');
  expect(events.some(({ kind }) => kind === 'progress')).toBe(true);
  // Each shard was sent once, whichever tab requested it.
  const shards = host.log.slice(before).filter(({ path }) => path.endsWith('.safetensors'));
  expect(new Set(shards.map(({ path }) => path)).size).toBe(shards.length);
});

for (const kind of ['package', 'checkpoint'] as const) {
  test(`a ${kind} imports from a folder without a network`, async ({ page, context }) => {
    const source = kind === 'package' ? folder : join(FIXTURES, 'moe-untied');
    const expected = kind === 'package' ? folder : join(FIXTURE_PACKAGES, 'moe-untied-balanced');
    const url = host.servePackage(`clean-${kind}`, expected);
    const clean = await page.evaluate((from) => window.weights.answer({ url: from }), url);
    expect(clean.tokens).toHaveLength(12);
    // Workers are files of the site, so start both once before the network is cut.
    await page.evaluate(() => window.weights.list());
    const before = host.log.length;
    await context.setOffline(true);
    await page.locator('input').setInputFiles(filesIn(source));
    const files: ModelRequest = { id: 'local', name: 'Local', source: { kind: 'files', preset: 'balanced' } };
    const { outcome } = await page.evaluate((asked) => window.weights.importChosen(asked), files);
    expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
    expect(await storedHashes(page, 'local')).toEqual(hashesIn(expected));
    expect(host.log.slice(before)).toEqual([]);
    await context.setOffline(false);
    expect(await answer(page, 'local')).toEqual(clean);
  });
}

for (const [kind, victim] of [
  ['package', 'manifest.json'],
  ['package', 'config.json'],
  ['checkpoint', 'model.safetensors.index.json'],
] as const) {
  test(`a ${kind}'s ${victim} that is deleted after the user chose it has a failure of its own`, async ({
    page,
  }) => {
    const source = kind === 'package' ? folder : join(FIXTURES, 'moe-untied');
    const copy = mkdtempSync(join(tmpdir(), 'weights-chosen-'));
    try {
      cpSync(source, copy, { recursive: true });
      await page.locator('input').setInputFiles(filesIn(copy));
      rmSync(join(copy, victim));
      const files: ModelRequest = { id: 'gone', name: 'Gone', source: { kind: 'files', preset: 'balanced' } };
      const { outcome } = await page.evaluate((asked) => window.weights.importChosen(asked), files);
      expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'unreadable-file' } });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });
}

for (const [how, code] of [
  ['cut', 'corrupt-shard'],
  ['remove', 'missing-file'],
] as const) {
  test(`the load reports a shard damaged in storage (${how}), and the download fetches it alone`, async ({
    page,
  }) => {
    expect((await download(page)).outcome.kind).toBe('done');
    const sound = await answer(page);
    const victim = manifestIn(folder).shards[2]?.sha256 ?? '';
    await page.evaluate(([sha256, way]) => window.weights.damage('moe', sha256, way), [victim, how] as const);
    const before = host.log.length;
    expect((await answer(page)).failure?.code).toBe(code);
    await page.evaluate(() => window.weights.checkUp('moe'));
    await download(page);
    expect(await answer(page)).toEqual(sound);
    const fetched = host.log.slice(before).map(({ path }) => path);
    expect(fetched.sort()).toEqual([`/moe/${victim}.safetensors`, '/moe/manifest.json'].sort());
    expect(await storedHashes(page)).toEqual(hashesIn(folder));
  });
}

test('a check-up names the damaged files, and the next download fetches those alone', async ({ page }) => {
  await download(page);
  const [first = '', , third = ''] = manifestIn(folder).shards.map((shard) => shard.sha256);
  await page.evaluate((sha256) => window.weights.damage('moe', sha256, 'flip'), first);
  await page.evaluate((sha256) => window.weights.damage('moe', sha256, 'remove'), third);
  const { outcome } = await page.evaluate(() => window.weights.checkUp('moe'));
  const damaged = [first, third].map((sha256) => `${sha256}.safetensors`);
  expect(outcome).toEqual({ kind: 'done', value: { checkedFiles: hashesIn(folder).length, damaged } });
  expect(await page.evaluate(() => window.weights.list())).toMatchObject({
    value: [{ state: 'unfinished' }],
  });
  const before = host.log.length;
  await download(page);
  const fetched = host.log.slice(before).map(({ path }) => path.split('/').at(-1));
  expect(fetched.sort()).toEqual([...damaged, 'manifest.json'].sort());
  const again = await page.evaluate(() => window.weights.checkUp('moe'));
  expect(again.outcome).toMatchObject({ value: { damaged: [] } });
});

test('a small model runs for this visit on a full disk, and stored files are not fetched again', async ({
  page,
  baseURL,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(baseURL ?? '').origin;
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_200_000 });
  expect((await download(page)).outcome).toMatchObject({
    kind: 'done',
    value: { state: 'ready', isForThisVisit: true },
  });
  // Another page sees only the files that storage accepted.
  await page.reload();
  const kept = await page.evaluate(() => window.weights.stored('moe'));
  expect(kept.length).toBeGreaterThan(0);
  expect(kept.every((file) => file.actual === file.sha256 && file.noted)).toBe(true);
  expect(kept.length).toBeLessThan(hashesIn(folder).length);
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  const before = host.log.length;
  expect((await download(page)).outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  const again = host.log.slice(before).filter(({ path }) => kept.some(({ sha256 }) => path.includes(sha256)));
  expect(again).toEqual([]);
  expect(await storedHashes(page)).toEqual(hashesIn(folder));
});

test('a model too large for memory reports the kept bytes on a full disk, and continues when space is free', async ({
  page,
  baseURL,
}) => {
  const devtools = await page.context().newCDPSession(page);
  const origin = new URL(baseURL ?? '').origin;
  // The size of a conversion is unknown beforehand, so none of it is kept in memory.
  host.serveRepo('test/moe', join(FIXTURES, 'moe-untied'));
  const hub = { kind: 'hub', endpoint: host.origin, repo: 'test/moe', revision: 'main' } as const;
  const large: ModelRequest = { id: 'hub', name: 'Hub', source: { ...hub, preset: 'balanced' } };
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1_200_000 });
  const { outcome, events } = await page.evaluate((asked) => window.weights.download(asked), large);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'storage-full' } });
  expect(events.find((event) => event.kind === 'storage-full')).toMatchObject({ removable: [] });
  await devtools.send('Storage.overrideQuotaForOrigin', { origin });
  const again = await page.evaluate((asked) => window.weights.download(asked), large);
  expect(again.outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(await storedHashes(page, 'hub')).toEqual(hashesIn(join(FIXTURE_PACKAGES, 'moe-untied-balanced')));
});

test('the catalogue offers its models with their fit on this device', async ({ page }) => {
  const offers = await page.evaluate(() => window.weights.catalogue());
  expect(offers.kind).toBe('done');
  if (offers.kind !== 'done') return;
  expect(offers.value.length).toBeGreaterThanOrEqual(8);
  for (const { fit } of offers.value) expect(['fits', 'fits-paged', 'too-large']).toContain(fit.verdict);
});
