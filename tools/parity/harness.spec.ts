import { expect, test } from '@playwright/test';

for (const backend of ['wasm', 'webgpu'] as const) {
  test(`a session of the engine's runtime adds two vectors on ${backend}, in an isolated worker`, async ({
    page,
  }) => {
    await page.goto('/');
    const facts = await page.evaluate((on) => window.harness.add(on, [1, 2, 3], [10, 20, 30.5]), backend);
    expect(facts.sum).toEqual([11, 22, 33.5]);
    expect(facts.crossOriginIsolated).toBe(true);
    // With subgroups, the runtime's attention is wrong on narrow adapters.
    expect(facts.features.filter((feature) => feature.startsWith('subgroup'))).toEqual([]);
  });
}
