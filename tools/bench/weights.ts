// npm run bench:weights [-- --gigabytes 4]: downloads a package of random bytes in a real Chromium, stores it, opens it
// again and deletes it. Prints the MB/s of each step, the raw speed of the browser with the same bytes in the same run,
// and the peak memory of the page's process (Linux). With --package DIR it downloads a real package and loads it on
// WebGPU instead. It then prints the memory that loading takes and, for comparison, the sizes of three shards and of
// the largest tensor. With --gguf 2B or --gguf 30B-A3B (and --layers N) it downloads a model in 8-bit GGUF files from a
// hub, and prints the bytes that were fetched and stored.

import type { Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { MAX_SHARD_BYTES } from '../../src/format/manifest.ts';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { WEIGHTS_PORT } from '../tests/support/places.ts';
import { BrowserProcess } from '../tests/weights/browser-process.ts';
import { Host } from '../tests/weights/host.ts';
import { SyntheticPackage } from '../tests/weights/synthetic-package.ts';
import { measureGguf } from './gguf-download.ts';
import type { Size } from './random-checkpoint.ts';
import { peakResident, toldBytes, watchHeaps, watchWorkers } from './browser-memory.ts';

const { values } = parseArgs({
  options: {
    gigabytes: { type: 'string', default: '0.5' },
    profile: { type: 'string', default: tmpdir() },
    package: { type: 'string' },
    gguf: { type: 'string' },
    layers: { type: 'string' },
  },
});
const bytes =
  values.package === undefined ? Number(values.gigabytes) * 1e9 : await packageBytes(values.package);
const free = statfsSync(values.profile);
if (free.bavail * free.bsize < 3 * bytes) throw new Error(`${values.profile} has too little free space.`);

const configFile = 'tools/tests/weights/vite.config.ts';
await build({ configFile, logLevel: 'warn' });
const port = WEIGHTS_PORT + 10;
const site = await preview({ configFile, logLevel: 'warn', preview: { port, strictPort: true } });
const profile = mkdtempSync(join(values.profile, 'weights-bench-'));
let browser = await BrowserProcess.start(profile);
try {
  if (values.gguf !== undefined) {
    const layers = values.layers === undefined ? undefined : Number(values.layers);
    await measureGguf(values.gguf as Size, layers, profile, freshPage);
  } else {
    await (values.package === undefined ? measure() : measureLoad(values.package));
  }
} finally {
  await browser.kill();
  await site.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(): Promise<void> {
  const served = await SyntheticPackage.serve(bytes);
  try {
    await measurePackage(served);
  } finally {
    served.stop();
  }
}

async function measurePackage(served: SyntheticPackage): Promise<void> {
  const urls = served.shardUrls;
  let page = await freshPage();
  const only = await page.evaluate((all) => window.weights.bench.fetchOnly(all), urls);
  letDiskRest();
  const hashed = await page.evaluate((all) => window.weights.bench.fetchHashAndStore(all), urls);
  await page.evaluate(() => window.weights.bench.dropRaw());
  letDiskRest();
  const stored = await page.evaluate((all) => window.weights.bench.fetchAndStore(all), urls);

  page = await freshPage();
  const source = { kind: 'package' as const, url: served.url };
  letDiskRest();
  const start = performance.now();
  const { outcome } = await page.evaluate(
    (asked) => window.weights.download({ id: 'bench', name: 'Bench', source: asked }, 'app'),
    source,
  );
  const downloaded = (performance.now() - start) / 1000;
  if (outcome.kind !== 'done') throw new Error(`The download ended as ${JSON.stringify(outcome)}.`);
  const downloadMemory = peakResident(profile, 'renderer');

  page = await freshPage();
  const idleMemory = peakResident(profile, 'renderer');
  const gpu = await page.evaluate(() => window.weights.bench.readStored('bench', true));
  const loadMemory = peakResident(profile, 'renderer');
  // Alternate, and take the better of two runs: other programs may be using this machine.
  const reads: number[] = [];
  const rawReads: number[] = [];
  for (let turn = 0; turn < 2; turn++) {
    rawReads.push(await page.evaluate((all) => window.weights.bench.readRaw(all), urls));
    reads.push((await page.evaluate(() => window.weights.bench.readStored('bench', false))).seconds);
  }
  const [read, rawRead] = [Math.min(...reads), Math.min(...rawReads)];
  await page.evaluate(() => window.weights.bench.dropRaw());
  const deleted = await remove(page);

  print(served, [
    ['raw: fetch alone', only],
    ['raw: fetch and store, no hash', stored],
    ['raw: fetch, hash, store', hashed],
    ['download: fetch, verify, store', downloaded, stored, hashed],
    ['raw: read Blobs in order', rawRead],
    ['open and read', read, rawRead],
    [`open, read, to the GPU${gpu.onGpu ? '' : ' (none here)'}`, gpu.seconds, rawRead],
  ]);
  console.log(deleted);
  const peaks = [
    ['idle', idleMemory],
    ['while downloading', downloadMemory],
    ['while loading', loadMemory],
  ] as const;
  for (const [when, peak] of peaks)
    console.log(`peak memory of the page's process, ${when}: ${toldBytes(peak)}`);
}

/** Measures loading the decoder and the vision encoder of a real package from storage to the GPU. */
async function measureLoad(folder: string): Promise<void> {
  const host = await Host.start();
  const { manifest } = await openDirectoryStore(folder);
  const url = host.servePackage('model', folder);
  let page = await freshPage();
  const { outcome } = await page.evaluate(
    (from) =>
      window.weights.download({ id: 'bench', name: 'Bench', source: { kind: 'package', url: from } }, 'app'),
    url,
  );
  await host.stop();
  if (outcome.kind !== 'done') throw new Error(`The download ended as ${JSON.stringify(outcome)}.`);
  page = await freshPage();
  const idle = { all: peakResident(profile, 'renderer') ?? 0, heaps: await heapsNow() };
  const heaps = watchHeaps(profile);
  const workers = await watchWorkers(page);
  const seconds = await page.evaluate(() => window.weights.bench.loadEngine('bench'));
  const grown = { heaps: heaps() - idle.heaps, all: (peakResident(profile, 'renderer') ?? 0) - idle.all };
  const largest = Math.max(...Object.values(manifest.tensors).map((tensor) => tensor.bytes));
  const bound = 3 * MAX_SHARD_BYTES + largest;
  console.log(`${(bytes / 1e9).toFixed(2)} GB made ready on WebGPU in ${seconds.toFixed(1)} s`);
  console.log(`three shards and the largest tensor are ${toldBytes(bound)}`);
  console.log(`the heap of the worker with its buffers was ${toldBytes(workers())} at most`);
  console.log(`the page's heaps grew by ${toldBytes(grown.heaps)} at most`);
  console.log(`with what is shared with the GPU's process, on its way there, ${toldBytes(grown.all)}`);
}

async function heapsNow(): Promise<number> {
  const heaps = watchHeaps(profile);
  await sleep(500);
  return heaps();
}

async function packageBytes(folder: string): Promise<number> {
  const { manifest } = await openDirectoryStore(folder);
  return manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
}

/**
 * Waits until all data of an earlier step is on the disk, because the next step would otherwise wait for it (Linux,
 * macOS).
 */
function letDiskRest(): void {
  if (process.platform !== 'win32') execFileSync('sync');
}

/** Opens the page in a fresh browser, so that its memory is that of the next step alone. */
async function freshPage(): Promise<Page> {
  await browser.kill();
  browser = await BrowserProcess.start(profile);
  return browser.page(`http://localhost:${port}/`);
}

async function remove(page: Page): Promise<string> {
  const start = performance.now();
  await page.evaluate(() => window.weights.remove('bench'));
  let usage = Infinity;
  while (usage > bytes / 100 && performance.now() - start < 300_000) {
    await sleep(250);
    const facts = await page.evaluate(() => window.weights.storage());
    usage = facts.kind === 'done' ? (facts.value.usageBytes ?? 0) : 0;
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  return `deleted; the browser counts ${(usage / 1e6).toFixed(1)} MB after ${seconds} s`;
}

/** Prints one line per step: its name, its seconds, and the seconds of the raw steps to compare it with. */
function print(served: SyntheticPackage, rows: [name: string, seconds: number, ...raw: number[]][]): void {
  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`\n${(served.bytes / 1e9).toFixed(2)} GB in ${served.shardUrls.length} shards`);
  for (const [name, seconds, ...raw] of rows) {
    const rate = (served.bytes / 1e6 / seconds).toFixed(0).padStart(6);
    const shares = raw.map((other) => `${((100 * other) / seconds).toFixed(0)} %`).join(', ');
    console.log(`${name.padEnd(width)} ${rate} MB/s${shares && `  ${shares} of the raw figure`}`);
  }
}
