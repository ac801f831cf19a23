// Playwright's global setup: converts each committed fixture with the converter's own command line,
// as a user would, once per preset that the browser tests read.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURE_PACKAGES } from './places.ts';

const FIXTURES = 'tools/reference/fixtures';
const PRESETS = ['exact', 'balanced'];

export default function convertFixtures(): void {
  rmSync(FIXTURE_PACKAGES, { recursive: true, force: true });
  mkdirSync(FIXTURE_PACKAGES, { recursive: true });
  for (const fixture of readdirSync(FIXTURES)) {
    for (const preset of PRESETS) {
      const target = join(FIXTURE_PACKAGES, `${fixture}-${preset}`);
      const args = [
        '--import',
        'tsx',
        'tools/convert.ts',
        join(FIXTURES, fixture),
        target,
        '--preset',
        preset,
        // Random weights: what they compute is held against the reference, not against us.
        '--no-self-test',
      ];
      execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    }
  }
}
