import { expect, test } from 'vitest';
import { ExpertActivity } from './expert-activity.svelte.ts';

const model = { experts: { layers: 2, count: 4, chosen: 2 } };

test('a used expert lights up and fades, and the share counts each expert once', () => {
  const activity = new ExpertActivity();
  activity.add(Uint16Array.of(0, 3, 1, 2), model);
  expect(Array.from(activity.light)).toEqual([1, 0, 0, 1, 0, 1, 1, 0]);
  expect(activity.shareAsked).toBe(0.5);
  activity.add(Uint16Array.of(0, 1, 1, 2), model);
  expect(activity.light[3]).toBeCloseTo(0.82);
  expect(activity.light[0]).toBe(1);
  expect(activity.shareAsked).toBe(5 / 8);
  activity.begin();
  expect(activity.shareAsked).toBe(0);
  expect(Math.max(...activity.light)).toBe(0);
});
