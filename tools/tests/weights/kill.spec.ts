// Tests a browser that is killed in the middle of a download and started again. The host's log must show that no
// verified file, and no piece of a checkpoint that had arrived, is fetched again.

import { expect, test, type Page } from '@playwright/test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelRequest } from '../../../src/contract/weights.ts';
import { convert } from '../../../src/convert/convert.ts';
import { checkpointFiles, config, model, type Tensors } from '../support/synthetic-checkpoint.ts';
import { DirectorySink } from '../../../src/node/directory-sink.ts';
import { DirectorySource } from '../../../src/node/directory-source.ts';
import { BrowserProcess } from './browser-process.ts';
import { Host, type Sent } from './host.ts';
import { hashesIn, manyShards } from './packages.ts';
import { random } from '../support/random.ts';

let host: Host;
let profile: string;
let browser: BrowserProcess;

test.beforeEach(async () => {
  host = await Host.start();
  profile = mkdtempSync(join(tmpdir(), 'weights-profile-'));
  browser = await BrowserProcess.start(profile);
});
test.afterEach(async () => {
  await browser.kill();
  await host.stop();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
});

/** Lets `bytes` bytes through, and no more until `open` is called. */
function gateAfter(bytes: number): { open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  host.gate = () =>
    host.log.reduce((sum, sent) => sum + sent.bytes, 0) >= bytes ? opened : Promise.resolve();
  return { open };
}

/** Starts a download without awaiting it, because the browser will be killed. */
async function begin(page: Page, request: ModelRequest): Promise<void> {
  await page.evaluate((asked) => void window.weights.download(asked, 'app'), request);
}

const keysOf = (page: Page, kind: 'kept' | 'piece' | 'used', id: string) =>
  page.evaluate(([of, model]) => window.weights.keys(of, model), [kind, id] as const);

test('a package continues at the first missing shard', async ({ baseURL }) => {
  const folder = await manyShards('dense-tied');
  const url = host.servePackage('dense', folder);
  const request: ModelRequest = { id: 'dense', name: 'Dense', source: { kind: 'package', url } };
  const gate = gateAfter(3_000_000);
  const page = await browser.page(baseURL ?? '');
  await begin(page, request);
  await expect.poll(async () => (await keysOf(page, 'kept', 'dense')).length).toBeGreaterThan(8);
  const kept = (await keysOf(page, 'kept', 'dense')).map((key) => String(key[2]));
  await browser.kill();
  gate.open();

  const before = host.log.length;
  browser = await BrowserProcess.start(profile);
  const again = await browser.page(baseURL ?? '');
  const { outcome } = await again.evaluate((asked) => window.weights.download(asked, 'app'), request);
  expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
  const fetched = host.log.slice(before).map((sent) => sent.path);
  for (const sha256 of kept) expect(fetched.filter((path) => path.includes(sha256))).toEqual([]);
  const stored = await again.evaluate(() => window.weights.stored('dense'));
  expect(stored.map((file) => file.actual).sort()).toEqual(hashesIn(folder));
});

test('a checkpoint continues at the byte that it reached, and its shards are those of the command line', async ({
  baseURL,
}) => {
  test.setTimeout(600_000);
  const folder = join(profile, '..', `${profile.split('/').at(-1) ?? ''}-checkpoint`);
  const target = `${folder}-package`;
  writeCheckpoint(folder);
  try {
    await using source = new DirectorySource(folder);
    await convert(source, new DirectorySink(target), { preset: 'balanced' });
    host.serveRepo('some/model', folder);
    const hub = { kind: 'hub', endpoint: host.origin, repo: 'some/model', revision: 'main' } as const;
    const request: ModelRequest = { id: 'hub', name: 'Hub', source: { ...hub, preset: 'balanced' } };
    const gate = gateAfter(150_000_000);
    const page = await browser.page(baseURL ?? '');
    await begin(page, request);
    // Wait until the first shard is stored, a piece of the second one lies in the spool, and no more data arrives.
    await expect
      .poll(async () => (await keysOf(page, 'kept', 'hub')).length, { timeout: 300_000 })
      .toBeGreaterThan(3);
    await expect
      .poll(async () => (await keysOf(page, 'piece', 'hub')).length, { timeout: 120_000 })
      .toBeGreaterThan(0);
    const pieces = [...(await keysOf(page, 'piece', 'hub')), ...(await keysOf(page, 'used', 'hub'))];
    await browser.kill();
    gate.open();

    const before = host.log.length;
    browser = await BrowserProcess.start(profile);
    const again = await browser.page(baseURL ?? '');
    const { outcome } = await again.evaluate((asked) => window.weights.download(asked, 'app'), request);
    expect(outcome).toMatchObject({ kind: 'done', value: { state: 'ready' } });
    const starts = new Set(pieces.map((key) => `${String(key[2])} ${String(key[3])}`));
    const fetchedAgain = host.log.slice(before).filter((sent) => starts.has(startOf(sent)));
    expect(fetchedAgain).toEqual([]);
    const total = host.log.reduce((sum, sent) => sum + sent.bytes, 0);
    console.log(`${pieces.length} pieces before the kill, none of them fetched again; ${total} bytes in all`);
    const stored = await again.evaluate(() => window.weights.stored('hub'));
    expect(stored.map((file) => file.actual).sort()).toEqual(hashesIn(target));
  } finally {
    for (const path of [folder, target]) rmSync(path, { recursive: true, force: true });
  }
});

function startOf({ path, range }: Sent): string {
  return `${path.split('/').at(-1) ?? ''} ${range?.start ?? 0}`;
}

/** A dense checkpoint whose embedding alone fills two shards: 192 MB of BF16. */
function writeCheckpoint(folder: string): void {
  const vocab = 1_500_000;
  const tensors: Tensors = model('dense');
  const next = random(7);
  const words = new Uint16Array(vocab * 64);
  // Numbers of ordinary size: any sign and any low mantissa bits, with a fixed exponent.
  for (let i = 0; i < words.length; i++) words[i] = (Math.floor(next() * 65536) & 0x80ff) | 0x3f00;
  const data = new Uint8Array(words.buffer);
  tensors.set('model.language_model.embed_tokens.weight', { dtype: 'BF16', shape: [vocab, 64], data });
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of checkpointFiles(config('dense', { vocab_size: vocab }), tensors)) {
    writeFileSync(join(folder, name), bytes);
  }
}
