import { expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import { processorSpeed } from './processor-speed.ts';

test.each([1, 2])('the measurement gives rates and a time on %i thread(s)', async (threads) => {
  const kernels = await openKernels(await kernelFiles(), threads);
  try {
    const speed = processorSpeed(kernels);
    expect(speed.threads).toBe(threads);
    // Rates and times differ between machines by orders of magnitude, but not by as much as a wrong unit.
    expect(speed.blocks).toBeGreaterThan(1e7);
    expect(speed.blocks).toBeLessThan(1e12);
    expect(speed.halves).toBeGreaterThan(1e7);
    expect(speed.halves).toBeLessThan(1e12);
    expect(speed.startMs).toBeGreaterThan(0);
    expect(Number.isFinite(speed.startMs)).toBe(true);
  } finally {
    kernels.dispose();
  }
});
