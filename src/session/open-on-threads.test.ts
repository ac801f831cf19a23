import { expect, test } from 'vitest';
import { usefulThreads } from './open-on-threads.ts';

test('the engine takes both of two processors, and leaves some of more to the page and the system', () => {
  const counts = [1, 2, 3, 4, 6, 8, 12, 16, 64].map((processors) => [processors, usefulThreads(processors)]);
  expect(counts).toEqual([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [6, 3],
    [8, 4],
    [12, 6],
    [16, 8],
    [64, 8],
  ]);
});
