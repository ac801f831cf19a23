// Compares the processor engine with the reference in a real browser, on several threads and without shared memory.

import { expect, test, type Page } from '@playwright/test';
import type { ProcessorRun, ProcessorSeen } from './harness.ts';
import { LIMITS } from './limits.ts';
import { violations } from './measure.ts';
import { parityTable, type Column } from './table.ts';

const LONG = process.env.LONG === '1';
const REPETITIONS = LONG ? 200 : 20;
// kernels.test.ts runs every case in Node; these are the kinds of step in which the cases differ.
const CASES = ['text', 'picture', 'two-pictures', 'second-turn'];
const PACKAGES = [
  ['dense-tied-exact', 'dense-tied'],
  ['moe-untied-exact', 'moe-untied'],
  ['moe-fp8-exact', 'moe-fp8'],
  ['dense-tied-balanced', 'dense-tied.balanced'],
  ['moe-untied-balanced', 'moe-untied.balanced'],
  ['dense-tied-small', 'dense-tied.small'],
  ['moe-untied-small', 'moe-untied.small'],
] as const;

const columns: Column[] = [];
test.afterAll(() => {
  if (columns.length > 0) console.log(`\n${parityTable(columns)}\n`);
});

for (const [name, goldens] of PACKAGES) {
  test(`${name} equals the reference on the processor, with the same bits on 1, 2 and 4 threads`, async ({
    page,
  }) => {
    await page.goto('/');
    const run = { package: name, goldens, repeated: 'two-pictures', repetitions: REPETITIONS };
    const hashes = new Set<string>();
    for (const threads of [1, 2, 4]) {
      const seen = await onProcessor(page, { ...run, threads });
      expect(seen).toMatchObject({ crossOriginIsolated: true, threads });
      for (const hash of seen.hashes) hashes.add(hash);
    }
    if (name.startsWith('moe')) {
      // A thread of its own reads the experts.
      const paged = await onProcessor(page, { ...run, threads: 2, isPaged: true });
      for (const hash of paged.hashes) hashes.add(hash);
    }
    // A page without isolation gets no SharedArrayBuffer, so the app takes one thread.
    await leaveIsolation(page);
    await page.goto('/');
    const alone = await onProcessor(page, { ...run, repetitions: 1 });
    expect(alone).toMatchObject({ crossOriginIsolated: false, threads: 1 });
    for (const hash of alone.hashes) hashes.add(hash);
    expect(hashes.size).toBe(1);
  });
}

test('the app takes several threads in an isolated page', async ({ page }) => {
  const run = { package: 'dense-tied-balanced', goldens: 'dense-tied.balanced', steps: 2 };
  const asApp = { ...run, repeated: 'text', repetitions: 1 };
  await page.goto('/');
  const processors = await page.evaluate(() => navigator.hardwareConcurrency);
  expect((await onProcessor(page, asApp)).threads > 1).toBe(processors > 1);
});

async function onProcessor(page: Page, run: ProcessorRun): Promise<ProcessorSeen> {
  const seen = await page.evaluate(([asked, cases]) => window.harness.processor(asked, cases), [
    run,
    CASES,
  ] as const);
  const { threads, measured } = seen;
  columns.push({ name: `${run.package}, ${threads} threads`, measured });
  for (const each of measured) expect.soft(violations(each, LIMITS['wasm f32']), each.case).toEqual([]);
  return seen;
}

/** Serves the page without the headers that isolate it. */
async function leaveIsolation(page: Page): Promise<void> {
  await page.route('/', async (route) => {
    const response = await route.fetch();
    const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-'));
    await route.fulfill({ response, headers: Object.fromEntries(headers) });
  });
}
