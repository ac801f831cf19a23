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
  // Most tests wait more than they compute. More than two pages at once on a software adapter only slow each other.
  workers: 2,
  // A busy machine may be twenty times slower: what hangs is seen all the same.
  timeout: 240_000,
  expect: { timeout: 60_000 },
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
    server(APP_PORT, 'vite.config.ts', { DARKROOM_PACKAGES: FIXTURE_PACKAGES }),
    server(HARNESS_PORT, 'tools/parity/vite.config.ts'),
    server(WEIGHTS_PORT, 'tools/weights/vite.config.ts'),
    server(ROBUST_PORT, 'tools/robust/vite.config.ts'),
  ],
});

function server(port: number, config: string, env: Record<string, string> = {}) {
  const inPlace = process.platform === 'win32' ? '' : 'exec ';
  return {
    command: `${inPlace}node --import tsx tools/test/serve.ts ${config} ${port}`,
    url: `http://localhost:${port}/`,
    env,
  };
}
