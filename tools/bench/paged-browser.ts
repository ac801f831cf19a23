// Measures paging in a Chromium that stores the package in IndexedDB.

import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { BenchPage } from './bench-page.ts';
import { peakResident, toldBytes } from './browser-memory.ts';
import type { BrowserRun, Device, ReadTimes } from './paged-page/paging-bench.ts';
import type { PagedRun } from './paged-run.ts';
import { print } from './paged-table.ts';

export interface Plan {
  /** The share of the experts that the device holds. */
  share: number;
  /** Number of layers to look ahead; 0 for none. */
  lookAhead: number;
}

export async function pagedInBrowser(
  folder: string,
  prompt: string,
  plans: readonly Plan[],
  options: { tokens: number; seed: number },
  spread: number,
  device: Device,
): Promise<PagedRun[]> {
  const bench = await BenchPage.open(folder);
  try {
    const page = await bench.page();
    await page.evaluate((url) => window.paging.keep(url), bench.packageUrl);
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
    for (const { share, lookAhead } of plans) {
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

/** Describes the memory of a run, and the sizes of its weights and slots. */
function memoryOf(run: BrowserRun, device: Device, profile: string): string {
  const budget = run.denseBytes + run.slotBytes;
  const [held, what] =
    device === 'gpu' ? [run.gpuPeakBytes, 'GPU buffers'] : [run.kernelBytes, "the kernels' memory"];
  const renderer = toldBytes(peakResident(profile, 'renderer'));
  return (
    `${what} held ${toldBytes(held)} at most, ${(100 * (held / budget - 1)).toFixed(1)} % over weights and slots ` +
    `(${toldBytes(budget)}); the page's process ${renderer}, ` +
    `the GPU's ${toldBytes(peakResident(profile, 'gpu-process'))}`
  );
}
