// Runs the tests that need f16 on Mesa's software driver, which has shader-f16; the browser's software adapter lacks
// it. The tests are the f16 column of the parity table, and the detection of an overflow. They use only text and short
// chunks, because that driver compiles the large attention shaders for many minutes. On a machine with a GPU, run
// dawn.ts without these limits.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import convertFixtures from '../support/fixture-packages.ts';
import { findOrFetchMesa } from '../support/mesa.ts';
import { FIXTURE_PACKAGES } from '../support/places.ts';

const packages = 'dense-tied-exact:dense-tied,moe-untied-balanced:moe-untied.balanced';
const SCRIPTS = [
  ['dawn.ts', '--precision', 'f16', '--packages', packages, '--cases', 'text,chinese', '--chunk', '16'],
  ['overflow.ts'],
];

const environment = findOrFetchMesa();
if (typeof environment === 'string') {
  console.log(`f16 was not tested: ${environment}.`);
} else {
  if (!existsSync(FIXTURE_PACKAGES)) convertFixtures(); // the step that tests in a browser makes them, too
  for (const [script = '', ...options] of SCRIPTS) {
    const file = join(import.meta.dirname, script);
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', file, ...options], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...environment },
    });
    if (status !== 0) process.exitCode = status ?? 1;
  }
}
