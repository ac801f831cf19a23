// Unit and parity tests, in Node. They lie beside what they test.

import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['src/**/*.test.ts', 'tools/**/*.test.ts', 'workers/**/*.test.ts'],
    environment: 'node',
    // The WASM runtime starts threads of its own.
    maxWorkers: 2,
    // A loaded machine must not make a right answer wrong.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
