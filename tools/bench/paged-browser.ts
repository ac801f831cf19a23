// Measures paging in a Chromium that stores the package in IndexedDB.

import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { BenchPage } from './bench-page.ts';
import { forgetPeaks, peakResident, toldBytes } from './browser-memory.ts';
import type { BrowserRun, Device, ReadTimes } from './paged-page/paging-bench.ts';
import type { PagedRun, PagedRunOptions } from './paged-run.ts';
import { print } from './paged-table.ts';

export interface Plan {
  /** The share of the experts that the device holds. */
  share: number;
  /** Number of layers to look ahead; 0 for none. */
  lookAhead: number;
  /** Whether the system's cache of files is emptied first. */
  isCold: boolean;
}

export interface BrowserOptions {
  /** How unevenly the routers choose; see skewed-routers.ts. */
  spread: number;
  device: Device;
  /** The number of layers of the stored package, if it repeats the layers of the given package. */
  repeat?: number | undefined;
  /** The folder of the browser's profile, which keeps the stored package; a temporary one if omitted. */
  profile?: string | undefined;
}

export async function pagedInBrowser(
  folder: string,
  prompt: string,
  plans: readonly Plan[],
  options: Omit<PagedRunOptions, 'slots' | 'lookAhead'>,
  { spread, device, repeat, profile }: BrowserOptions,
): Promise<PagedRun[]> {
  const bench = await BenchPage.open(folder, profile);
  try {
    const page = await bench.page();
    await page.evaluate((all) => window.paging.keep(...all), [bench.packageUrl, repeat] as const);
    const { expertBytes, indexedDb, opfs } = await page.evaluate(() => window.paging.reads());
    const rate = (ms: number): string => `${ms.toFixed(2)} ms, ${(expertBytes / 1e3 / ms).toFixed(0)} MB/s`;
    const row = (name: string, { first, again, inPieces }: ReadTimes): string[] => [
      name,
      ...[first, again, inPieces].map(rate),
    ];
    console.log('');
    print([
      ['one expert read', 'first', 'again', 'in pieces'],
      row('IndexedDB', indexedDb),
      row('OPFS', opfs),
    ]);
    const { manifest } = await openDirectoryStore(folder);
    const experts = manifest.experts[0]?.at.length ?? 0;
    const runs: PagedRun[] = [];
    for (const { share, lookAhead, isCold } of plans) {
      if (isCold) forgetFiles(bench.profile);
      forgetPeaks(bench.profile, 'renderer');
      const asked = { ...options, lookAhead, slots: Math.round(share * experts) };
      const run = await page.evaluate((all) => window.paging.run(...all), [
        prompt,
        asked,
        spread,
        device,
      ] as const);
      runs.push(run);
      console.log(`${asked.slots} of ${experts} experts per layer: ${memoryOf(run, device, bench.profile)}`);
    }
    return runs;
  } finally {
    await bench.close();
  }
}

/** Removes the stored files from the system's cache, so that reads go to the disk. Linux only. */
function forgetFiles(profile: string): void {
  execFileSync('sync');
  for (const file of readdirSync(profile, { recursive: true, withFileTypes: true })) {
    if (!file.isFile() || !file.parentPath.includes('IndexedDB')) continue;
    execFileSync('dd', [`if=${join(file.parentPath, file.name)}`, 'iflag=nocache', 'count=0'], {
      stdio: 'ignore',
    });
  }
}

/** Describes the memory of a run, and the sizes of its weights and slots. */
function memoryOf(run: BrowserRun, device: Device, profile: string): string {
  const budget = run.denseBytes + run.slotBytes;
  const [held, what] =
    device.threads === 0 ? [run.gpuPeakBytes, 'GPU buffers'] : [run.kernelBytes, "the kernels' memory"];
  const renderer = toldBytes(peakResident(profile, 'renderer'));
  return (
    `${what} held ${toldBytes(held)} at most, ${(100 * (held / budget - 1)).toFixed(1)} % over weights and slots ` +
    `(${toldBytes(budget)}); the page's process ${renderer}, ` +
    `the GPU's ${toldBytes(peakResident(profile, 'gpu-process'))}`
  );
}
