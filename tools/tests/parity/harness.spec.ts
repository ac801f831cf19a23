// Compares the engine with the reference on WebGPU in a real browser: f32 for every fixture and case, and f16 if the
// adapter supports it. On machines without a GPU the browser uses its software adapter.

import { expect, test } from '@playwright/test';
import type { ParityRun } from './harness.ts';
import { LIMITS } from './limits.ts';
import { violations } from './measure.ts';
import { parityTable, type Column } from './table.ts';

const columns: Column[] = [];

test.afterAll(() => {
  if (columns.length > 0) console.log(`\n${parityTable(columns)}\n`);
});

test('the engine’s runtime starts on WebGPU in a worker', async ({ page }) => {
  await page.goto('/');
  const facts = await page.evaluate(() => window.harness.facts());
  // With subgroups, the runtime's attention is wrong on adapters with narrow subgroups.
  expect(facts.features.filter((feature) => feature.startsWith('subgroup'))).toEqual([]);
});

test('the self-test passes on the engine’s device, and fails on one with subgroups', async ({ page }) => {
  test.setTimeout(300_000);
  await page.goto('/');
  expect(await page.evaluate(() => window.harness.attention('engine'))).toBe(true);
  // Only software adapters with narrow subgroups are known to be wrong; SwiftShader is one of them.
  const isSoftware = await page.evaluate(async () => {
    const adapter = await navigator.gpu.requestAdapter();
    return adapter?.info.architecture === 'swiftshader';
  });
  if (isSoftware) {
    await page.goto('/');
    expect(await page.evaluate(() => window.harness.attention('every feature'))).toBe(false);
  }
});

// wasm.test.ts and paged.test.ts run every case of every package on WASM in Node. The cases differ in the kinds of steps that
// they need, and here the cheapest case of each kind runs. A software adapter takes minutes for the other cases; LONG=1
// adds them.
const LONG = process.env.LONG === '1';
const PAGED = LONG ? ['text', 'picture', 'two-pictures', 'second-turn'] : ['picture'];
const SOME = ['text', 'picture', 'second-turn'];
// One case decodes all 32 tokens. In the others, a few tokens suffice to show that a step of one row is correct. Its
// shapes are always the same, and the KV cache does not grow before 1,024 tokens.
const SHORT = LONG ? {} : { steps: 8 };
const MOST = LONG ? {} : { only: [...SOME, 'two-pictures'], ...SHORT };
const FEW = LONG ? {} : { only: ['picture'], ...SHORT };
const TWO = LONG ? {} : { only: ['text', 'second-turn'], ...SHORT, whole: 'text' };
const WORDS = LONG ? {} : { only: ['text'], ...SHORT };
const RUNS: (Omit<ParityRun, 'precision'> & { only?: string[] })[] = [
  { package: 'dense-tied-exact', goldens: 'dense-tied', ...SHORT, whole: 'text' },
  { package: 'moe-untied-exact', goldens: 'moe-untied', ...MOST },
  { package: 'moe-fp8-exact', goldens: 'moe-fp8', ...FEW },
  { package: 'dense-tied-balanced', goldens: 'dense-tied.balanced', ...TWO },
  // A software adapter computes these packages slowly, row by row, so they run without a picture. The built-in model's
  // self-test runs the same decoder with a picture (tools/tests/robust/wrong-numbers.spec.ts).
  { package: 'moe-untied-balanced', goldens: 'moe-untied.balanced', ...WORDS },
  // The minimum that WebGPU guarantees. It runs only with LONG=1, because a software adapter takes long for unfused
  // graphs.
  ...(LONG ? [8] : []).map((storageBuffers) => ({
    ...({ package: 'dense-tied-balanced', goldens: 'dense-tied.balanced' } as const),
    ...{ storageBuffers, only: ['text'] },
  })),
  // Quantised and float experts, with as few slots on the device as one token needs. All numbers of slots run on WASM,
  // and here with LONG=1.
  ...(LONG ? [16, 8, 4] : [4]).map((slots) => ({
    ...({ package: 'moe-untied-balanced', goldens: 'moe-untied.balanced' } as const),
    ...{ slots, only: PAGED, ...SHORT },
  })),
  ...(LONG ? [8, 4, 2] : [2]).map((slots) => ({
    ...({ package: 'moe-fp8-exact', goldens: 'moe-fp8' } as const),
    ...{ slots, only: PAGED, ...SHORT },
  })),
];

test('the built-in model answers on webgpu the same with paged experts as with resident ones', async ({
  page,
}) => {
  test.skip(!LONG, 'The mixtures below are paged in the same way: LONG=1 runs this one too.');
  test.setTimeout(900_000);
  await page.goto('/');
  const parted = await page.evaluate(([slots, cases]) => window.harness.pagedBuiltIn(slots, cases), [
    [8, 4, 2],
    PAGED,
  ] as const);
  for (const each of parted)
    console.log(`${each.case}, ${each.slots} slots: ${each.furthest.toExponential(1)}`);
  for (const each of parted) expect.soft(each.furthest, JSON.stringify(each)).toBeLessThan(1e-3);
  expect(parted).toHaveLength(12);
});

test('a quantised mixture is refused on a device whose shaders take 8 buffers', async ({ page }) => {
  await page.goto('/');
  const refused = await page.evaluate(() =>
    window.harness
      .measure(
        {
          ...({ package: 'moe-untied-balanced', goldens: 'moe-untied.balanced' } as const),
          ...({ precision: 'f32', storageBuffers: 8 } as const),
        },
        ['text'],
      )
      .then(
        () => 'measured',
        (error: unknown) => String(error),
      ),
  );
  expect(refused).toContain('8 buffers');
});

/** A short run that has experts, paging and a picture. */
const MAIN = new Set(RUNS.filter((run) => run.slots === 2));

for (const run of RUNS) {
  const paged =
    (run.slots === undefined ? '' : `, ${run.slots} slots per layer`) +
    (run.storageBuffers === undefined ? '' : `, ${run.storageBuffers} buffers a shader`);
  test(`${run.package} equals the reference on webgpu${paged}${MAIN.has(run) ? ' @main' : ''}`, async ({
    page,
  }) => {
    test.setTimeout(900_000);
    await page.goto('/');
    const { precisions } = await page.evaluate(() => window.harness.facts());
    for (const precision of ['f32', 'f16'] as const) {
      if (!precisions.includes(precision)) continue;
      const { only, ...asked } = run;
      const measured = await page.evaluate(([parityRun, cases]) => window.harness.measure(parityRun, cases), [
        { ...asked, precision },
        only,
      ] as const);
      const name = `webgpu ${precision}` as const;
      columns.push({ name: `${run.package}, ${name}${paged}`, measured });
      for (const each of measured) expect.soft(violations(each, LIMITS[name]), each.case).toEqual([]);
    }
  });
}
