// Playwright's global setup: converts each committed fixture with the converter's own command line,
// as a user would, once per preset that the browser tests read, and the models that are made from one of them.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeRepeatingCheckpoint, makeThinkingCheckpoint } from './made-checkpoints.ts';
import { FIXTURE_PACKAGES, MADE_CHECKPOINT } from './places.ts';

const FIXTURES = 'tools/reference/fixtures';
const PRESETS = ['exact', 'balanced'];

export default function convertFixtures(): void {
  rmSync(FIXTURE_PACKAGES, { recursive: true, force: true });
  mkdirSync(FIXTURE_PACKAGES, { recursive: true });
  for (const fixture of readdirSync(FIXTURES)) {
    for (const preset of PRESETS) convert(join(FIXTURES, fixture), `${fixture}-${preset}`, preset);
  }
  makeThinkingCheckpoint(MADE_CHECKPOINT);
  convert(MADE_CHECKPOINT, 'dense-thinking-exact', 'exact');
  makeRepeatingCheckpoint(MADE_CHECKPOINT);
  convert(MADE_CHECKPOINT, 'dense-repeating-exact', 'exact');
  rmSync(MADE_CHECKPOINT, { recursive: true });
}

function convert(checkpoint: string, name: string, preset: string): void {
  const args = ['--import', 'tsx', 'tools/convert.ts', checkpoint, join(FIXTURE_PACKAGES, name)];
  // Random weights: what they compute is held against the reference, not against us.
  const options = ['--preset', preset, '--no-self-test'];
  execFileSync(process.execPath, [...args, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
}
