// Runs the walks in real browsers, one engine after another.

import { defineConfig } from 'vitest/config';

/** The time limit is long because a browser on a busy machine is slow; a walk that hangs still ends. */
const PATIENCE_MS = 600_000;

export default defineConfig({
  test: {
    include: ['tools/tests/engines/**/*.walk.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
    retry: process.env.CI === undefined ? 0 : 1,
  },
});
