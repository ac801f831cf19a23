// Playwright's global setup: converts each committed fixture with the converter's own command line, as a user would,
// once per preset that the browser tests use. Also converts the models that are derived from one of the fixtures.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepeatingCheckpoint, makeThinkingCheckpoint } from './made-checkpoints.ts';
import { FIXTURE_PACKAGES, MADE_CHECKPOINT } from './places.ts';

const FIXTURES = 'tools/reference/fixtures';
const PRESETS = ['exact', 'balanced', 'small'];

export default function convertFixtures(): void {
  rmSync(FIXTURE_PACKAGES, { recursive: true, force: true });
  mkdirSync(FIXTURE_PACKAGES, { recursive: true });
  for (const fixture of readdirSync(FIXTURES)) {
    for (const preset of PRESETS) convert(join(FIXTURES, fixture), `${fixture}-${preset}`, preset);
  }
  // This package has a self-test, like a user's package. The robustness tests check a faulty device with it.
  convert(join(FIXTURES, 'dense-tied'), 'dense-checked-balanced', 'balanced', []);
  makeThinkingCheckpoint(MADE_CHECKPOINT);
  convert(MADE_CHECKPOINT, 'dense-thinking-exact', 'exact');
  makeRepeatingCheckpoint(MADE_CHECKPOINT);
  convert(MADE_CHECKPOINT, 'dense-repeating-exact', 'exact');
  rmSync(MADE_CHECKPOINT, { recursive: true });
}

function convert(
  checkpoint: string,
  name: string,
  preset: string,
  // Random weights need no self-test, because their results are compared with the reference.
  options: readonly string[] = ['--no-self-test'],
): void {
  const args = ['--import', 'tsx', 'tools/cli/convert.ts', checkpoint, join(FIXTURE_PACKAGES, name)];
  execFileSync(process.execPath, [...args, '--preset', preset, ...options], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
