import { expect, test } from 'vitest';
import { featurePlace } from './feature-place.ts';
import type { FeatureBlock } from './features.ts';

/** No test reads the features themselves. */
const block = (rows: number): FeatureBlock => ({
  rows,
  read: () => Promise.resolve([]),
  dispose: () => undefined,
});

test('tokens go through the blocks in order, each from row 1', () => {
  const blocks = [block(4), block(2)];
  const places = [0, 3, 4, 5].map((token) => featurePlace(blocks, token));
  expect(places.map((place) => place?.row)).toEqual([1, 4, 1, 2]);
  expect(places.map((place) => blocks.indexOf(place!.block))).toEqual([0, 0, 1, 1]);
});

test('a token beyond the blocks has no place', () => {
  expect(featurePlace([block(4)], 4)).toBeUndefined();
  expect(featurePlace([], 0)).toBeUndefined();
});
