// The processor engine in three engines: it equals the reference on the threads that the app takes there, and its
// threads end with the worker that started them.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findOrInstallChromium } from '../support/chromium.ts';
import convertFixtures from '../support/fixture-packages.ts';
import type { Found } from '../support/packages.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';
import { LIMITS } from '../parity/limits.ts';
import { violations } from '../parity/measure.ts';
import type { Driver } from './driver.ts';
import { findFirefox, findWebKit } from './find.ts';
import { openChromium, openFirefox } from './puppeteer.ts';
import { openWebKit } from './webkit.ts';
import { workerThreads } from './worker-threads.ts';

const ENGINES: { name: string; open: Found<() => Promise<Driver>>; shares: boolean }[] = [
  { name: 'Chromium', open: { files: () => openChromium(findOrInstallChromium()) }, shares: true },
  { name: 'Firefox', open: opening(findFirefox(), openFirefox), shares: true },
  // WebKitGTK has no SharedArrayBuffer.
  { name: 'WebKit', open: opening(findWebKit(), openWebKit), shares: false },
];

function opening<T>(found: Found<T>, open: (files: T) => Promise<Driver>): Found<() => Promise<Driver>> {
  return 'files' in found ? { files: () => open(found.files) } : found;
}

let server: PreviewServer;
let origin: string;
beforeAll(async () => {
  if (!existsSync(join(FIXTURE_PACKAGES, 'moe-untied-balanced'))) convertFixtures();
  server = await preview({
    configFile: 'tools/tests/parity/vite.config.ts',
    preview: { port: 0 },
    logLevel: 'silent',
  });
  origin = server.resolvedUrls!.local[0]!;
});
afterAll(() => server.close());

for (const { name, open, shares } of ENGINES) {
  if ('lacking' in open) console.warn(`${name}: ${open.lacking} Its walks are skipped.`);
  describe.skipIf('lacking' in open)(name, () => {
    let driver: Driver;
    let threads: number;
    beforeAll(async () => {
      if (!('files' in open)) return;
      driver = await open.files();
      await driver.goto(origin);
      const processors = await driver.evaluate(() => navigator.hardwareConcurrency);
      threads = shares ? Math.min(2, processors) : 1;
    });
    afterAll(() => driver.close());

    test.each(['dense-tied', 'moe-untied'])(
      '%s equals the reference, with the same bits each time',
      async (fixture) => {
        const run = {
          ...{ package: `${fixture}-balanced`, goldens: `${fixture}.balanced` },
          ...{ repeated: 'picture', repetitions: 5 },
        };
        const hashes = new Set<string>();
        for (const asked of threads > 1 ? [{ ...run, threads: 1 }, run] : [run]) {
          const seen = await driver.evaluate((one, cases) => window.harness.processor(one, cases), asked, [
            'text',
            'picture',
            'second-turn',
          ]);
          expect(seen.threads > 1).toBe(threads > 1 && asked === run);
          for (const each of seen.measured)
            expect(violations(each, LIMITS['wasm f32']), each.case).toEqual([]);
          for (const hash of seen.hashes) hashes.add(hash);
        }
        expect(hashes.size).toBe(1);
      },
    );

    test('the threads end with the worker that started them', async () => {
      await driver.goto('about:blank');
      const before = await settled();
      await driver.goto(origin);
      const held = await driver.evaluate(() => window.harness.hold());
      expect(held > 1).toBe(threads > 1);
      if (before === undefined) return;
      // The crew's first thread is the worker that started the others.
      expect(workerThreads()).toBe(before + held);
      await driver.evaluate(() => window.endHarness());
      await expect.poll(() => workerThreads(), { timeout: 20_000 }).toBe(before);
    });
  });
}

/** The number of threads, once the workers of a page that was left have ended. */
async function settled(): Promise<number | undefined> {
  let count = workerThreads();
  for (;;) {
    await new Promise((later) => setTimeout(later, 1000));
    const now = workerThreads();
    if (now === count) return count;
    count = now;
  }
}
