// Prints the holdings before and after as a table, and lists those that have grown.

import type { Holdings } from './inspector.ts';

const NAMES: Record<keyof Holdings, string> = {
  pageHeapBytes: 'JS heap of the page',
  workerHeapBytes: 'JS heaps of the workers',
  arrayBuffers: 'array buffers',
  wasmBytes: 'WASM memory',
  gpuBytes: 'GPU buffers, bytes',
  gpuBuffers: 'GPU buffers',
  workers: 'workers and threads',
  messagePorts: 'message ports',
  objectUrls: 'object URLs',
  domNodes: 'DOM nodes',
  eventListeners: 'event listeners',
};
const KEYS = Object.keys(NAMES) as (keyof Holdings)[];
/** The share by which memory may grow. */
const MAY_GROW = 0.05;
/**
 * Growth that is allowed. A component that appears for the first time keeps its template, and the first conversation
 * does not show every component. A prompt of a new length leaves a buffer in the runtime's pool. The last
 * conversation's pictures stay encoded until the next one, in four buffers each.
 */
const MAY_STAY: Partial<Record<keyof Holdings, number>> = {
  ...{ domNodes: 10, gpuBuffers: 4, arrayBuffers: 12 },
  // The kernels' memory never shrinks: it grows once, with the largest conversation. A leak would pass this limit.
  wasmBytes: 4e6,
};

/** Lists everything that has grown: memory by more than 5 %, other counts by more than MAY_STAY. */
export function grown(before: Holdings, after: Holdings): string[] {
  return KEYS.filter((key) => {
    const limit = before[key] * (isBytes(key) ? 1 + MAY_GROW : 1) + (MAY_STAY[key] ?? 0);
    return !(after[key] <= limit);
  }).map((key) => `${NAMES[key]}: ${shown(key, before[key])} became ${shown(key, after[key])}`);
}

export function table(before: Holdings, after: Holdings): string {
  const rows = KEYS.map((key) => {
    const change = before[key] === 0 ? '' : `${((after[key] / before[key] - 1) * 100).toFixed(1)} %`;
    return `| ${NAMES[key]} | ${shown(key, before[key])} | ${shown(key, after[key])} | ${change} |`;
  });
  return ['| | after the tenth | at the end | change |', '|---|---|---|---|', ...rows].join('\n');
}

function isBytes(key: keyof Holdings): boolean {
  return key.endsWith('Bytes');
}

function shown(key: keyof Holdings, value: number): string {
  return isBytes(key) ? `${(value / 1e6).toFixed(2)} MB` : String(value);
}
