// Measures the bandwidth of the memory that holds the weights. The lower bound of a decode step is the bytes that it
// reads (weight-bytes.ts), divided by this bandwidth.

import { memoryBandwidth } from '../../src/device/memory-bandwidth.ts';

const BYTES = 1 << 28;

/** Bytes per second of a sum over a quarter of a gibibyte, on the device or on one thread. */
export async function rawBandwidth(device: GPUDevice | undefined): Promise<number> {
  return device === undefined ? onProcessor() : memoryBandwidth(device, BYTES);
}

function onProcessor(): number {
  const values = new Float64Array(BYTES / 8).fill(1);
  let best = 0;
  for (let attempt = 0; attempt < 3; attempt++) {
    const start = performance.now();
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < values.length; i += 4) {
      a += values[i]!;
      b += values[i + 1]!;
      c += values[i + 2]!;
      d += values[i + 3]!;
    }
    if (a + b + c + d !== values.length) throw new Error('The sum is wrong.');
    best = Math.max(best, BYTES / ((performance.now() - start) / 1000));
  }
  return best;
}
