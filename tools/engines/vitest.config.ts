// The walks through real browsers, one engine after the other.

import { defineConfig } from 'vitest/config';

/** A browser on a loaded machine takes its time; a walk that hangs ends all the same. */
const PATIENCE_MS = 600_000;

export default defineConfig({
  test: {
    include: ['tools/engines/**/*.walk.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
