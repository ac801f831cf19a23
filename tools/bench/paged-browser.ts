// Measures paging in a Chromium: builds and serves a page that stores the package in IndexedDB and runs the model.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, basename, join, resolve } from 'node:path';
import { build, mergeConfig, preview } from 'vite';
import { openDirectoryStore } from '../../src/node/directory-store.ts';
import { serveFolder } from '../build/folder.ts';
import { isolated } from '../build/shared-config.ts';
import { WEIGHTS_PORT } from '../tests/support/places.ts';
import { BrowserProcess } from '../tests/weights/browser-process.ts';
import { peakResident, toldBytes } from './browser-memory.ts';
import type { ReadTimes } from './paged-page/paging-bench.ts';
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
): Promise<PagedRun[]> {
  const root = resolve(import.meta.dirname, 'paged-page');
  const port = WEIGHTS_PORT + 11;
  const config = mergeConfig(isolated, {
    root,
    configFile: false,
    logLevel: 'warn',
    publicDir: resolve(root, '../../../public'),
    plugins: [serveFolder({ path: '/packages/', folder: dirname(resolve(folder)) })],
    build: { outDir: resolve('.cache/paged-page'), emptyOutDir: true, copyPublicDir: false },
    preview: { port, strictPort: true },
  });
  await build(config);
  const site = await preview(config);
  const profile = mkdtempSync(join(tmpdir(), 'paging-bench-'));
  const browser = await BrowserProcess.start(profile);
  // The browser has its own process group and would outlive this process.
  const stop = (): void => void browser.kill().finally(() => process.exit(130));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    const base = `http://localhost:${port}`;
    const page = await browser.page(base);
    await page.evaluate((url) => window.paging.keep(url), `${base}/packages/${basename(folder)}/`);
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
      const run = await page.evaluate(([text, one, uneven]) => window.paging.run(text, one, uneven), [
        prompt,
        asked,
        spread,
      ] as const);
      runs.push(run);
      const budget = run.denseBytes + run.slotBytes;
      console.log(
        `${asked.slots} of ${experts} experts per layer: GPU buffers held ${toldBytes(run.gpuPeakBytes)} at most, ` +
          `${(100 * (run.gpuPeakBytes / budget - 1)).toFixed(1)} % over weights and slots (${toldBytes(budget)}); ` +
          `the page's process ${toldBytes(peakResident(profile, 'renderer'))}, the GPU's ${toldBytes(peakResident(profile, 'gpu-process'))}`,
      );
    }
    return runs;
  } finally {
    await browser.kill();
    await site.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
