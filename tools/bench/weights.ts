// npm run bench:weights [-- --gigabytes 4]: a package of random bytes is downloaded, stored, opened again
// and deleted in a real Chromium; MB/s of each step beside what the raw browser reaches with the same
// bytes in the same run, and the peak memory of the page's process (Linux).

import type { Page } from '@playwright/test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build, preview } from 'vite';
import { WEIGHTS_PORT } from '../test/places.ts';
import { BrowserProcess } from '../weights/browser-process.ts';
import { SyntheticPackage } from '../weights/synthetic-package.ts';

const { values } = parseArgs({
  options: { gigabytes: { type: 'string', default: '0.5' }, profile: { type: 'string', default: tmpdir() } },
});
const bytes = Number(values.gigabytes) * 1e9;
const free = statfsSync(values.profile);
if (free.bavail * free.bsize < 3 * bytes) throw new Error(`${values.profile} has too little room.`);

const configFile = 'tools/weights/vite.config.ts';
await build({ configFile, logLevel: 'warn' });
const port = WEIGHTS_PORT + 10;
const site = await preview({ configFile, logLevel: 'warn', preview: { port, strictPort: true } });
const served = await SyntheticPackage.serve(bytes);
const profile = mkdtempSync(join(values.profile, 'weights-bench-'));
const browser = await BrowserProcess.start(profile);
try {
  await measure(await browser.page(`http://localhost:${port}/`));
} finally {
  await browser.kill();
  served.stop();
  await site.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}

async function measure(page: Page): Promise<void> {
  const urls = served.shardUrls;
  const rows: [name: string, seconds: number, raw?: number][] = [];
  const only = await page.evaluate((all) => window.weights.bench.fetchOnly(all), urls);
  rows.push(['raw: fetch alone', only]);
  const hashed = await page.evaluate((all) => window.weights.bench.fetchHashAndStore(all), urls);
  await page.evaluate(() => window.weights.bench.dropRaw());
  rows.push(['raw: fetch, hash, store', hashed]);
  const stored = await page.evaluate((all) => window.weights.bench.fetchAndStore(all), urls);
  rows.push(['raw: fetch and store, no hash', stored]);
  const rawRead = await page.evaluate((all) => window.weights.bench.readRaw(all), urls);
  rows.push(['raw: read Blobs in order', rawRead]);
  await page.evaluate(() => window.weights.bench.dropRaw());

  await page.reload();
  const idleMemory = peakMemory();
  const source = { kind: 'package' as const, url: served.url };
  const start = performance.now();
  const { outcome } = await page.evaluate(
    (asked) => window.weights.download({ id: 'bench', name: 'Bench', source: asked }, 'app'),
    source,
  );
  const downloaded = (performance.now() - start) / 1000;
  if (outcome.kind !== 'done') throw new Error(`The download ended as ${JSON.stringify(outcome)}.`);
  rows.push(['download: fetch, verify, store', downloaded, stored]);
  const downloadMemory = peakMemory();

  await page.reload();
  const read = await page.evaluate(() => window.weights.bench.readStored('bench', false));
  rows.push(['open and read', read.seconds, rawRead]);
  const toGpu = await page.evaluate(() => window.weights.bench.readStored('bench', true));
  rows.push([`open, read, to the GPU${toGpu.onGpu ? '' : ' (none here)'}`, toGpu.seconds, rawRead]);
  const loadMemory = peakMemory();

  const deleting = performance.now();
  await page.evaluate(() => window.weights.remove('bench'));
  let usage: number;
  do {
    await sleep(250);
    const facts = await page.evaluate(() => window.weights.storage());
    usage = facts.kind === 'done' ? (facts.value.usageBytes ?? 0) : 0;
  } while (usage > bytes / 100 && performance.now() - deleting < 300_000);

  const width = Math.max(...rows.map(([name]) => name.length));
  console.log(`\n${(served.bytes / 1e9).toFixed(2)} GB in ${urls.length} shards`);
  for (const [name, seconds, raw] of rows) {
    const rate = (served.bytes / 1e6 / seconds).toFixed(0).padStart(6);
    const share = raw === undefined ? '' : `  ${((100 * raw) / seconds).toFixed(0)} % of the raw figure`;
    console.log(`${name.padEnd(width)} ${rate} MB/s${share}`);
  }
  const seconds = ((performance.now() - deleting) / 1000).toFixed(1);
  console.log(`deleted; the browser counts ${(usage / 1e6).toFixed(1)} MB after ${seconds} s`);
  const peaks = [
    ['before', idleMemory],
    ['while downloading', downloadMemory],
    ['while reading', loadMemory],
  ] as const;
  for (const [when, peak] of peaks) console.log(`peak memory of the page's process, ${when}: ${told(peak)}`);
}

/** The largest resident size that any page process of the browser had so far; Linux only. */
function peakMemory(): number | undefined {
  const peaks: number[] = [];
  try {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes(profile) || !command.includes('--type=renderer')) continue;
      const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) peaks.push(Number(peak) * 1024);
    }
  } catch {
    // A process that ended meanwhile, or a system without /proc.
  }
  return peaks.length === 0 ? undefined : Math.max(...peaks);
}

function told(peak: number | undefined): string {
  return peak === undefined ? 'not known here' : `${(peak / 1e6).toFixed(0)} MB`;
}
