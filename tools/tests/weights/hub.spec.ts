// Tests checkpoints in the layout of a hub, from the URL to the answer, and faults that occur only on hubs.

import { expect, test, type Page } from '@playwright/test';
import { join } from 'node:path';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import type { FailureCode } from '../../../src/failure.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';
import { Host, type Fault, type Request } from './host.ts';
import { FIXTURES, hashesIn, manifestIn, type Fixture } from './packages.ts';
import { random } from '../support/random.ts';

let host: Host;

test.beforeAll(async () => {
  host = await Host.start();
});
test.afterAll(() => host.stop());
test.beforeEach(async ({ page }) => {
  host.fault = () => undefined;
  await page.goto('/');
});

function requestOf(fixture: Fixture): ModelRequest {
  host.serveRepo(`test/${fixture}`, join(FIXTURES, fixture));
  const hub = { kind: 'hub', endpoint: host.origin, repo: `test/${fixture}`, revision: 'main' } as const;
  return { id: fixture, name: fixture, source: { ...hub, preset: 'balanced' } };
}

const download = (page: Page, request: ModelRequest) =>
  page.evaluate((asked) => window.weights.download(asked), request);

const storedHashes = async (page: Page, id: string): Promise<string[]> => {
  const stored = await page.evaluate((model) => window.weights.stored(model), id);
  expect(stored.every((file) => file.actual === file.sha256 && file.noted)).toBe(true);
  return stored.map((file) => file.sha256).sort();
};

for (const fixture of ['dense-tied', 'moe-untied', 'moe-fp8'] as const) {
  test(`${fixture} goes from its URL to an answer, with the shards of the command line`, async ({ page }) => {
    const request = requestOf(fixture);
    const before = host.log.length;
    const { outcome, events } = await download(page, request);
    expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready', preset: 'balanced' } });
    const folder = join(FIXTURE_PACKAGES, `${fixture}-balanced`);
    expect(await storedHashes(page, fixture)).toEqual(hashesIn(folder));

    const layers = events.flatMap((event) =>
      event.kind === 'progress' && event.activity.kind === 'quantising' ? [event.activity] : [],
    );
    expect(layers.length).toBeGreaterThan(0);
    const weights = host.log.slice(before).filter(({ path }) => path.endsWith('.safetensors'));
    expect(weights.every((sent) => sent.status === 206 && sent.path.startsWith('/cdn/'))).toBe(true);

    const clean = host.servePackage(`${fixture}-package`, folder);
    const expected = await page.evaluate((url) => window.weights.answer({ url }), clean);
    expect(expected.tokens).toHaveLength(12);
    expect(await page.evaluate((id) => window.weights.answer({ id }), fixture)).toEqual(expected);
    expect(await page.evaluate((id) => window.weights.keys('piece', id), fixture)).toEqual([]);
  });
}

const isWeights = ({ path }: Request): boolean => path.endsWith('.safetensors');
const LASTING: [Fault, FailureCode, (request: Request) => boolean][] = [
  [{ kind: 'no-range' }, 'no-range', ({ range }) => (range?.start ?? 0) > 0],
  [{ kind: 'wrong-range' }, 'wrong-range', () => true],
  [{ kind: 'other-etag' }, 'changed-file', ({ range }) => (range?.start ?? 0) > 0],
  [{ kind: 'web-page' }, 'web-page', () => true],
  [{ kind: 'status', status: 404 }, 'missing-file', () => true],
  [{ kind: 'status', status: 401 }, 'forbidden', () => true],
  [{ kind: 'stall', at: 0.5 }, 'stalled', () => true],
  [{ kind: 'cut', at: 0 }, 'network', () => true],
];

for (const [fault, code, hits] of LASTING) {
  test(`"${fault.kind}" on a hub ends as '${code}', and the next download completes`, async ({ page }) => {
    const request = requestOf('dense-tied');
    host.fault = (asked) => (isWeights(asked) && hits(asked) ? fault : undefined);
    const broken = await download(page, request);
    expect(broken.outcome).toMatchObject({ kind: 'failed', failure: { code } });
    host.fault = () => undefined;
    expect((await download(page, request)).outcome).toMatchObject({ kind: 'done' });
    const folder = join(FIXTURE_PACKAGES, 'dense-tied-balanced');
    expect(await storedHashes(page, 'dense-tied')).toEqual(hashesIn(folder));
  });
}

test('the download refuses a hub’s redirect to a host that is not named', async ({ page }) => {
  const request = requestOf('dense-tied');
  const named = { ...request, source: { ...request.source, hosts: ['https://cdn.example.org'] } };
  const { outcome } = await download(page, named);
  expect(outcome).toMatchObject({ kind: 'failed', failure: { code: 'redirected' } });
});

test('the download pins a branch to its commit at the start', async ({ page }) => {
  const before = host.log.length;
  await download(page, requestOf('dense-tied'));
  const paths = host.log
    .slice(before)
    .map(({ path }) => path)
    .filter((path) => path.includes('/resolve/'));
  expect(paths.length).toBeGreaterThan(0);
  expect(paths.filter((path) => path.includes('/resolve/main/'))).toEqual([]);
});

test('a repair makes a damaged shard again, and fetches nothing for a sound model', async ({ page }) => {
  const request = requestOf('moe-untied');
  await download(page, request);
  const sound = await page.evaluate((id) => window.weights.answer({ id }), request.id);
  const before = host.log.length;
  expect((await download(page, request)).outcome).toMatchObject({ value: { state: 'ready' } });
  expect(host.log.length).toBe(before);

  const [shard] = manifestIn(join(FIXTURE_PACKAGES, 'moe-untied-balanced')).shards;
  const victim = shard?.sha256 ?? '';
  const asked = [request.id, victim] as const;
  await page.evaluate(([id, sha256]) => window.weights.damage(id, sha256, 'cut'), asked);
  const broken = await page.evaluate((id) => window.weights.answer({ id }), request.id);
  expect(broken.failure?.code).toBe('corrupt-shard');
  const { outcome } = await page.evaluate((id) => window.weights.checkUp(id), request.id);
  expect(outcome).toMatchObject({ value: { damaged: [`${victim}.safetensors`] } });
  expect((await download(page, request)).outcome).toMatchObject({ value: { state: 'ready' } });
  expect(await page.evaluate((id) => window.weights.answer({ id }), request.id)).toEqual(sound);
});

test('60 random faults on a hub lose nothing', async ({ page }) => {
  test.setTimeout(600_000);
  const request = requestOf('moe-untied');
  const next = random(4);
  let faults = 0;
  host.fault = (): Fault | undefined => {
    if (faults >= 60 || next() < 0.5) return undefined;
    faults++;
    const at = next();
    const choices: Fault[] = [
      { kind: 'refused' },
      { kind: 'cut', at },
      { kind: 'web-page' },
      { kind: 'status', status: 503 },
      { kind: 'short' },
      { kind: 'wrong-range' },
      { kind: 'no-range' },
      { kind: 'other-etag' },
    ];
    return choices[Math.floor(next() * choices.length)];
  };
  for (let ready = false; !ready || faults < 60;) {
    const { outcome } = await download(page, request);
    if (outcome.kind === 'failed') expect(outcome.failure.code, outcome.failure.message).not.toBe('bug');
    ready = outcome.kind === 'done';
    if (ready && faults < 60) await page.evaluate((id) => window.weights.remove(id), request.id);
  }
  const folder = join(FIXTURE_PACKAGES, 'moe-untied-balanced');
  expect(await storedHashes(page, request.id)).toEqual(hashesIn(folder));
});
