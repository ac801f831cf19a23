// Unit and parity tests, which run in Node. Each lies beside the code that it tests.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    environment: 'node',
    // The WASM runtime starts threads of its own.
    maxWorkers: 2,
    // A right answer must not fail because the machine is busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
