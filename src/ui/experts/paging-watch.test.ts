import { expect, test } from 'vitest';
import type { PagingReport } from '../../contract/answer.ts';
import { PagingWatch } from './paging-watch.svelte.ts';

const report = (change: Partial<PagingReport>): PagingReport => ({
  ...{ heldExperts: 4, totalExperts: 16, slots: 4, slotBytes: 400, passMs: 100, computeMs: 10 },
  ...{ hits: 0, misses: 0, guesses: 0, rightGuesses: 0, readBytes: 0, readMs: 0, uploadMs: 0, waitMs: 0 },
  ...change,
});

test('the watch reports the share of hits among recent choices, and of waiting in recent time', () => {
  const watch = new PagingWatch();
  expect(watch.hitShare).toBe(null);
  watch.add(report({ hits: 3, misses: 1, waitMs: 25 }));
  expect(watch.hitShare).toBe(0.75);
  expect(watch.waitShare).toBe(0.25);
  for (let pass = 0; pass < 100; pass++) watch.add(report({ hits: 4, misses: 0 }));
  expect(watch.hitShare).toBeGreaterThan(0.999);
  expect(watch.waitShare).toBeLessThan(0.001);
  watch.clear();
  expect(watch.latest).toBe(null);
  expect(watch.hitShare).toBe(null);
});
