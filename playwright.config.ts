// Browser tests: `app` tests the built page as users see it; `parity` runs the engine in a browser's worker. Both need
// the builds (`npm test` makes them) and a Chromium.

import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/tests/support/chromium.ts';
import {
  APP_PORT,
  FIXTURE_PACKAGES,
  HARNESS_PORT,
  ROBUST_PORT,
  WEIGHTS_PORT,
} from './tools/tests/support/places.ts';
import { PLAYWRIGHT_REPORT } from './tools/tests/steps.ts';

const executablePath = findChromium();

export default defineConfig({
  forbidOnly: true,
  // In CI, a browser that fails on a loaded machine gets a second try; the report calls the test flaky.
  retries: process.env.CI === undefined ? 0 : 1,
  testMatch: '**/*.spec.ts',
  // Most tests wait more than they compute, but more than two pages on a software adapter only slow each other down.
  workers: 2,
  // A busy machine may be twenty times slower; a test that hangs still fails.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [['list'], ['json', { outputFile: PLAYWRIGHT_REPORT }]],
  outputDir: 'test-results',
  globalSetup: './tools/tests/support/fixture-packages.ts',
  use: {
    browserName: 'chromium',
    // page.route never sees a request that a service worker answers; the specs about the service worker allow it.
    serviceWorkers: 'block',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        '--no-sandbox',
        '--disable-dev-shm-usage',
        '--enable-unsafe-webgpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
    trace: 'retain-on-failure',
  },
  projects: [
    { name: 'app', testDir: 'e2e', use: { baseURL: `http://localhost:${APP_PORT}/` } },
    { name: 'parity', testDir: 'tools/tests/parity', use: { baseURL: `http://localhost:${HARNESS_PORT}/` } },
    { name: 'privacy', testDir: 'tools/tests/privacy' },
    { name: 'robust', testDir: 'tools/tests/robust', use: { baseURL: `http://localhost:${ROBUST_PORT}/` } },
    { name: 'hosting', testDir: 'tools/tests/hosting' },
    { name: 'kiosk', testDir: 'tools/tests/kiosk', use: { baseURL: `http://localhost:${APP_PORT}/` } },
    {
      name: 'weights',
      testDir: 'tools/tests/weights',
      use: { baseURL: `http://localhost:${WEIGHTS_PORT}/` },
    },
  ],
  webServer: [
    server(APP_PORT, 'vite.config.ts', { DARKROOM_PACKAGES: FIXTURE_PACKAGES }),
    server(HARNESS_PORT, 'tools/tests/parity/vite.config.ts'),
    server(WEIGHTS_PORT, 'tools/tests/weights/vite.config.ts'),
    server(ROBUST_PORT, 'tools/tests/robust/vite.config.ts'),
  ],
});

function server(port: number, config: string, env: Record<string, string> = {}) {
  const inPlace = process.platform === 'win32' ? '' : 'exec ';
  return {
    command: `${inPlace}node --import tsx tools/tests/support/serve.ts ${config} ${port}`,
    url: `http://localhost:${port}/`,
    env,
  };
}
