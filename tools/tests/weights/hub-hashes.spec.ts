// Tests, in a real browser, how a checkpoint's files are checked against the hashes that the hub lists.

import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';
import { COMMIT, Host, type Request } from './host.ts';
import { FIXTURES, hashesIn } from './packages.ts';

const PACKAGE = join(FIXTURE_PACKAGES, 'moe-untied-balanced');
const LATER = 'fedcba9876543210fedcba9876543210fedcba98';

let host: Host;
let request: ModelRequest;

test.beforeEach(async ({ page }) => {
  host = await Host.start();
  host.serveRepo('test/moe', join(FIXTURES, 'moe-untied'));
  const hub = { kind: 'hub', endpoint: host.origin, repo: 'test/moe', revision: 'main' } as const;
  request = { id: 'moe', name: 'MoE', source: { ...hub, preset: 'balanced' } };
  await page.goto('/');
});
test.afterEach(() => host.stop());

const download = (page: Page, asked = request) =>
  page.evaluate((model) => window.weights.download(model), asked);

async function expectWhole(page: Page): Promise<void> {
  const stored = await page.evaluate((id) => window.weights.stored(id), request.id);
  expect(stored.map(({ actual }) => actual).sort()).toEqual(hashesIn(PACKAGE));
  const listed = await page.evaluate(() => window.weights.list());
  expect(listed).toMatchObject({ value: [{ id: 'moe', state: 'ready' }] });
}

/** Whether a request is for tensors, and not for a header or a sample of 64 KiB. */
const isPiece = ({ path, range }: Request): boolean =>
  path.endsWith('.safetensors') && (range?.end ?? 0) - (range?.start ?? 0) > 65_536;

test('the download refuses other bytes under the same ETag, names their file, and keeps the sound files', async ({
  page,
}) => {
  host.fault = (asked) =>
    isPiece(asked) && asked.path.includes('-00002-') ? { kind: 'flipped', at: 0.6 } : undefined;
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  expect(outcome.kind === 'failed' && outcome.failure.message).toContain('model-00002-of-00004.safetensors');
  const listed = await page.evaluate(() => window.weights.list());
  expect(listed).toMatchObject({ value: [{ state: 'unfinished' }] });

  host.fault = () => undefined;
  const before = host.log.length;
  const again = await download(page);
  expect(again.outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(again.outcome.kind === 'done' && again.outcome.value.isUnchecked).toBeUndefined();
  await expectWhole(page);
  const fetched = host.log.slice(before).filter(isPiece);
  expect(fetched.length).toBeGreaterThan(0);
  expect(fetched.filter(({ path }) => !path.includes('-00002-'))).toEqual([]);
});

test('the download refuses a small file that differs from the hub’s list, before it fetches anything else', async ({
  page,
}) => {
  host.fault = ({ path }) => (path.endsWith('/config.json') ? { kind: 'flipped', at: 0.5 } : undefined);
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  expect(outcome.kind === 'failed' && outcome.failure.message).toContain('config.json');
  expect(host.log.filter(({ path }) => path.endsWith('.safetensors'))).toEqual([]);
});

test('the hashes of the catalogue count, not those that the hub lists', async ({ page }) => {
  const folder = join(FIXTURES, 'moe-untied');
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => {
      const bytes = readFileSync(join(folder, name));
      return [
        name,
        { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') },
      ] as const;
    }),
  );
  const listed = (named: typeof files): ModelRequest => ({
    ...request,
    source: { ...request.source, revision: COMMIT, files: named } as ModelRequest['source'],
  });
  const other = { ...files, 'config.json': { ...files['config.json']!, sha256: 'a'.repeat(64) } };
  const { outcome } = await download(page, listed(other));
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  host.hasApi = false;
  const right = await download(page, listed(files));
  expect(right.outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(right.outcome.kind === 'done' && right.outcome.value.isUnchecked).toBeUndefined();
});

test('a download continues at the commit with which it began, although the branch moved', async ({
  page,
}) => {
  const later = mkdtempSync(join(tmpdir(), 'later-'));
  cpSync(join(FIXTURES, 'moe-untied'), later, { recursive: true });
  for (const name of ['model-00001-of-00004', 'model-00003-of-00004'].map((one) => `${one}.safetensors`)) {
    const bytes = readFileSync(join(later, name));
    // Change the last byte but one of the file, which lies in a tensor, so that a weight differs under the same header.
    bytes[bytes.byteLength - 2]! ^= 1;
    writeFileSync(join(later, name), bytes);
  }
  host.serveRepo('test/moe', later, LATER);
  const isThird = (asked: Request): boolean => isPiece(asked) && asked.path.includes('-00003-');
  host.fault = (asked) => (isThird(asked) ? { kind: 'status', status: 403 } : undefined);
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'forbidden' } });
  expect(host.log.some((sent) => isPiece(sent) && sent.status === 206)).toBe(true);
  host.fault = () => undefined;
  host.commit = LATER;
  expect((await download(page)).outcome).toMatchObject({ kind: 'done' });
  await expectWhole(page);
  const paths = host.log.map(({ path }) => path).filter((path) => path.includes('/test/moe/'));
  expect(paths.filter((path) => !path.includes(COMMIT))).toEqual([]);
  rmSync(later, { recursive: true });
});

test('the download uses a mirror without hashes, and the model says that it was not checked', async ({
  page,
}) => {
  host.hasApi = false;
  const { outcome } = await download(page);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready', isUnchecked: true } });
  await expectWhole(page);
});

test('the converter makes a shard again from the checked bytes', async ({ page }) => {
  await download(page);
  const stored = await page.evaluate((id) => window.weights.stored(id), request.id);
  const largest = stored.reduce((most, file) => (file.bytes > most.bytes ? file : most));
  await page.evaluate(([id, sha256]) => window.weights.damage(id, sha256, 'cut'), [
    'moe',
    largest.sha256,
  ] as const);
  await page.evaluate((id) => window.weights.checkUp(id), request.id);
  host.fault = (asked) => (isPiece(asked) ? { kind: 'flipped', at: 0.6 } : undefined);
  expect((await download(page)).outcome).toMatchObject({
    kind: 'failed',
    failure: { code: 'corrupt-shard' },
  });
  host.fault = () => undefined;
  expect((await download(page)).outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  await expectWhole(page);
});
