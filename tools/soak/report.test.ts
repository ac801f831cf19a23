import { expect, test } from 'vitest';
import type { Holdings } from './inspector.ts';
import { grown } from './report.ts';

const held: Holdings = {
  ...{ pageHeapBytes: 1e7, workerHeapBytes: 1e7, wasmBytes: 1e8, gpuBytes: 0, gpuBuffers: 0 },
  ...{ messagePorts: 4, objectUrls: 0, domNodes: 200, eventListeners: 50 },
};

test('memory may grow a little, and nothing else at all', () => {
  expect(grown(held, held)).toEqual([]);
  expect(grown(held, { ...held, pageHeapBytes: 1.04e7, domNodes: 150 })).toEqual([]);
  expect(grown(held, { ...held, pageHeapBytes: 1.06e7 })).toHaveLength(1);
  expect(grown(held, { ...held, objectUrls: 1 })).toEqual(['object URLs: 0 became 1']);
  expect(grown(held, { ...held, gpuBytes: NaN })).toHaveLength(1);
});
