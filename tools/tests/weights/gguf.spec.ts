// GGUF files in a real browser: from a hub, by ranges, and from files that a person chooses.

import { expect, test, type Page } from '@playwright/test';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { convert } from '../../../src/convert/convert.ts';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import { DirectorySink } from '../../../src/node/directory-sink.ts';
import { DirectorySource } from '../../../src/node/directory-source.ts';
import { COMMIT, Host } from './host.ts';
import { hashesIn } from './packages.ts';

const FOLDER = 'tools/reference/gguf';
const PARTS = ['tiny-moe-q8_0-00001-of-00002.gguf', 'tiny-moe-q8_0-00002-of-00002.gguf'];
const VISION = 'mmproj-tiny-moe-q8_0.gguf';
const EXPECTED = '.cache/weights-packages/tiny-moe';

let host: Host;

test.beforeAll(async () => {
  host = await Host.start();
  host.serveRepo('test/tiny-gguf', FOLDER);
  await using source = DirectorySource.ofGguf([join(FOLDER, PARTS[0]!), join(FOLDER, VISION)]);
  await convert(source, new DirectorySink(EXPECTED), { preset: '8-bit' });
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  host.fault = () => undefined;
  await page.goto('/');
});

const source = { kind: 'hub', repo: 'test/tiny-gguf', revision: 'main', preset: '8-bit' } as const;

const storedHashes = async (page: Page, id: string): Promise<string[]> => {
  const stored = await page.evaluate((model) => window.weights.stored(model), id);
  expect(stored.every((file) => file.actual === file.sha256 && file.noted)).toBe(true);
  return stored.map((file) => file.sha256).sort();
};

test('a GGUF file on a hub goes from its URL to an answer, with its other parts and its vision encoder', async ({
  page,
}) => {
  const request: ModelRequest = {
    ...{ id: 'tiny', name: 'Tiny' },
    source: { ...source, endpoint: host.origin, gguf: [PARTS[0]!] },
  };
  const before = host.log.length;
  const { outcome } = await page.evaluate((asked) => window.weights.download(asked), request);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready', preset: '8-bit' } });
  expect(outcome).not.toHaveProperty('value.isUnchecked');
  expect(await storedHashes(page, 'tiny')).toEqual(hashesIn(EXPECTED));
  const sent = host.log.slice(before).filter(({ path }) => path.endsWith('.gguf'));
  expect(new Set(sent.map(({ path }) => path.split('/').at(-1)))).toEqual(new Set([...PARTS, VISION]));
  expect(sent.every(({ status, range }) => status === 206 && range !== undefined)).toBe(true);

  const clean = host.servePackage('tiny-package', EXPECTED);
  const expected = await page.evaluate((url) => window.weights.answer({ url }), clean);
  expect(expected.tokens).toHaveLength(12);
  expect(await page.evaluate((id) => window.weights.answer({ id }), 'tiny')).toEqual(expected);
  expect(await page.evaluate((id) => window.weights.keys('piece', id), 'tiny')).toEqual([]);
});

test('the original checkpoint gives its side files, and no weights', async ({ page }) => {
  const folder = test.info().outputPath('original');
  mkdirSync(folder, { recursive: true });
  const settings = '{"temperature": 0.7, "top_k": 20, "top_p": 0.8}';
  writeFileSync(join(folder, 'generation_config.json'), settings);
  writeFileSync(join(folder, 'model.safetensors'), 'weights');
  host.serveRepo('test/original', folder);
  const request: ModelRequest = {
    ...{ id: 'sided', name: 'Sided' },
    source: {
      ...{ ...source, endpoint: host.origin, gguf: [...PARTS, VISION] },
      sideFiles: { repo: 'test/original', revision: 'main' },
    },
  };
  const before = host.log.length;
  host.fault = ({ path }) =>
    path.endsWith('generation_config.json') ? { kind: 'flipped', at: 0.5 } : undefined;
  const broken = await page.evaluate((asked) => window.weights.download(asked), request);
  expect(broken.outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  host.fault = () => undefined;
  const { outcome } = await page.evaluate((asked) => window.weights.download(asked), request);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  const own = createHash('sha256').update(settings).digest('hex');
  expect(await storedHashes(page, 'sided')).toContain(own);
  const original = host.log.slice(before).filter(({ path }) => path.includes('test/original/resolve'));
  expect(new Set(original.map(({ path }) => path))).toEqual(
    new Set([`/test/original/resolve/${COMMIT}/generation_config.json`]),
  );
});

test('a wrong byte is found by the hub’s hash, and the next download completes', async ({ page }) => {
  const request: ModelRequest = {
    ...{ id: 'flipped', name: 'Flipped' },
    source: { ...source, endpoint: host.origin, gguf: [...PARTS, VISION] },
  };
  // The samples by which the converter recognises the checkpoint are damaged, too, but not the header at the start.
  host.fault = ({ path, range }) =>
    path.endsWith(VISION) && (range?.start ?? 0) > 0 ? { kind: 'flipped', at: 0.5 } : undefined;
  const broken = await page.evaluate((asked) => window.weights.download(asked), request);
  expect(broken.outcome).toMatchObject({ kind: 'failed', failure: { code: 'corrupt-shard' } });
  host.fault = () => undefined;
  const again = await page.evaluate((asked) => window.weights.download(asked), request);
  expect(again.outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(await storedHashes(page, 'flipped')).toEqual(hashesIn(EXPECTED));
});

test('GGUF files that a person chooses give the package of the command line, without any request', async ({
  page,
}) => {
  await page.evaluate(() => window.weights.list());
  const before = host.log.length;
  await page.locator('input').setInputFiles([...PARTS, VISION].map((name) => join(FOLDER, name)));
  const request: ModelRequest = { id: 'chosen', name: 'Chosen', source: { kind: 'files', preset: '8-bit' } };
  const { outcome } = await page.evaluate((asked) => window.weights.importChosen(asked), request);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  expect(await storedHashes(page, 'chosen')).toEqual(hashesIn(EXPECTED));
  expect(host.log.slice(before)).toEqual([]);
});
