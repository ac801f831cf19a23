// Tests the package as its users install it: checks of its shape, and an answer in Node and in Chromium.

import { defineConfig } from 'vitest/config';

/** The time limit is long because a busy machine is slow; a run that hangs still ends. */
const PATIENCE_MS = 600_000;

export default defineConfig({
  test: {
    include: ['tools/tests/package/**/*.walk.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: PATIENCE_MS,
    hookTimeout: PATIENCE_MS,
  },
});
