import { expect, test } from 'vitest';
import { pixels } from './photo-preview.ts';

test('a part in thousandths becomes whole pixels within the picture, never empty', () => {
  const size = { width: 200, height: 50 };
  expect(pixels([0, 0, 1000, 1000], size)).toEqual([0, 0, 200, 50]);
  expect(pixels([250, 500, 750, 1000], size)).toEqual([50, 25, 150, 50]);
  expect(pixels([1000, 1000, 1000, 1000], size)).toEqual([199, 49, 200, 50]);
  expect(pixels([-20, 10, 1200, 10], size)).toEqual([0, 1, 200, 2]);
});
