// Browser tests: `app` is what a user can see, on the built page; `parity` runs the engine in a
// browser's worker. Both need the builds (`npm test` makes them) and a Chromium.

import { defineConfig } from '@playwright/test';
import { findChromium } from './tools/test/chromium.ts';
import { APP_PORT, FIXTURE_PACKAGES, HARNESS_PORT, ROBUST_PORT, WEIGHTS_PORT } from './tools/test/places.ts';
import { PLAYWRIGHT_REPORT } from './tools/test/steps.ts';

const executablePath = findChromium();

export default defineConfig({
  forbidOnly: true,
  // A browser that stumbles on a loaded machine gets a second try there; the report calls it flaky.
  retries: process.env.CI === undefined ? 0 : 1,
  testMatch: '**/*.spec.ts',
  // The software adapter shares the machine's few cores; two pages at once only slow each other.
  workers: 1,
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: PLAYWRIGHT_REPORT }]],
  outputDir: 'test-results',
  globalSetup: './tools/test/fixture-packages.ts',
  use: {
    browserName: 'chromium',
    // What a service worker answers, a test's page.route never sees; the specs about it let it in.
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
    { name: 'parity', testDir: 'tools/parity', use: { baseURL: `http://localhost:${HARNESS_PORT}/` } },
    { name: 'privacy', testDir: 'tools/privacy' },
    { name: 'robust', testDir: 'tools/robust', use: { baseURL: `http://localhost:${ROBUST_PORT}/` } },
    { name: 'hosting', testDir: 'tools/hosting' },
    { name: 'kiosk', testDir: 'tools/kiosk', use: { baseURL: `http://localhost:${APP_PORT}/` } },
    { name: 'weights', testDir: 'tools/weights', use: { baseURL: `http://localhost:${WEIGHTS_PORT}/` } },
  ],
  webServer: [
    {
      command: `node node_modules/vite/bin/vite.js preview --port ${APP_PORT} --strictPort`,
      url: `http://localhost:${APP_PORT}/`,
      env: { DARKROOM_PACKAGES: FIXTURE_PACKAGES },
    },
    {
      command: `node node_modules/vite/bin/vite.js preview --config tools/parity/vite.config.ts --port ${HARNESS_PORT} --strictPort`,
      url: `http://localhost:${HARNESS_PORT}/`,
    },
    {
      command: `node node_modules/vite/bin/vite.js preview --config tools/weights/vite.config.ts --port ${WEIGHTS_PORT} --strictPort`,
      url: `http://localhost:${WEIGHTS_PORT}/`,
    },
    {
      command: `node node_modules/vite/bin/vite.js preview --config tools/robust/vite.config.ts --port ${ROBUST_PORT} --strictPort`,
      url: `http://localhost:${ROBUST_PORT}/`,
    },
  ],
});
