import { expect, test } from 'vitest';
import type { Holdings } from './inspector.ts';
import { grown } from './report.ts';

const held: Holdings = {
  ...{
    pageHeapBytes: 1e7,
    workerHeapBytes: 1e7,
    arrayBuffers: 20,
    wasmBytes: 1e8,
    gpuBytes: 2e7,
    gpuBuffers: 280,
    workers: 5,
  },
  ...{ messagePorts: 4, objectUrls: 0, domNodes: 200, eventListeners: 50 },
};

test('memory may grow a little, and nothing else at all', () => {
  expect(grown(held, held)).toEqual([]);
  expect(grown(held, { ...held, pageHeapBytes: 1.04e7, domNodes: 150 })).toEqual([]);
  expect(grown(held, { ...held, pageHeapBytes: 1.06e7 })).toHaveLength(1);
  expect(grown(held, { ...held, objectUrls: 1 })).toEqual(['object URLs: 0 became 1']);
  expect(grown(held, { ...held, domNodes: 211 })).toEqual(['DOM nodes: 200 became 211']);
  expect(grown(held, { ...held, gpuBuffers: 284 })).toEqual([]);
  expect(grown(held, { ...held, gpuBuffers: 285 })).toEqual(['GPU buffers: 280 became 285']);
  expect(grown(held, { ...held, arrayBuffers: 33 })).toEqual(['array buffers: 20 became 33']);
  expect(grown(held, { ...held, gpuBytes: NaN })).toHaveLength(1);
});
