import { expect, test } from 'vitest';
import type { VisualSlot } from '../prompt/prompt.ts';
import type { FeatureBlock } from '../vision/features.ts';
import { planChunks } from './chunks.ts';

/** No test reads the features themselves. */
const block = (rows: number): FeatureBlock => ({
  rows,
  read: () => Promise.resolve([]),
  dispose: () => undefined,
});
const slot = (group: number, start: number): VisualSlot => ({
  ...{ media: 0, kind: 'video', group, start },
  ...{ height: 1, width: 2 },
});

test('a chunk ends before the features of another block', () => {
  const [one, other] = [block(4), block(2)];
  // One token of text, three groups of two tokens with text between them, and one token of text.
  const slots = [slot(0, 1), slot(1, 4), slot(2, 7)];
  const places = [
    { block: one, row: 1 },
    { block: one, row: 3 },
    { block: other, row: 1 },
  ];
  const plans = planChunks(0, 10, slots, ({ group }) => places[group], 100);
  expect(plans.map(({ from, to }) => [from, to])).toEqual([
    [0, 7],
    [7, 10],
  ]);
  expect(plans.map(({ featureRows }) => Array.from(featureRows))).toEqual([
    [0, 1, 2, 0, 3, 4, 0],
    [1, 2, 0],
  ]);
  expect(plans[0]!.features).toBe(one);
  expect(plans[1]!.features).toBe(other);
});

test('a chunk has at most maxTokens tokens', () => {
  const plans = planChunks(1, 6, [], () => undefined, 2);
  expect(plans.map(({ from, to }) => [from, to])).toEqual([
    [1, 3],
    [3, 5],
    [5, 6],
  ]);
  expect(plans.every(({ features }) => features === undefined)).toBe(true);
});

test('features are needed for the slots that are not in the cache, and only for those', () => {
  const slots = [slot(0, 0)];
  expect(planChunks(2, 3, slots, () => undefined, 100)).toHaveLength(1);
  expect(() => planChunks(0, 3, slots, () => undefined, 100)).toThrow(
    expect.objectContaining({ code: 'bug' }),
  );
});
