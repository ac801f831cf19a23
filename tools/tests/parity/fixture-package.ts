// Converts a fixture to a package with the converter's own command line, which resumes a conversion, and does nothing
// if the package is complete. Test files run in parallel, so each of Vitest's workers has its own packages.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeRepeatingCheckpoint } from '../support/made-checkpoints.ts';

const FIXTURES = resolve(import.meta.dirname, '../../reference/fixtures');
const WORKER = process.env['VITEST_POOL_ID'] ?? '0';
const PACKAGES = resolve(import.meta.dirname, '../../../.cache/parity-packages', WORKER);
const isConverted = new Set<string>();

/** Converts the fixture if needed; returns the package's folder. */
export function fixturePackage(fixture: string, preset: string): string {
  return converted(`${fixture}-${preset}`, join(FIXTURES, fixture), preset);
}

/** The folder of a model that repeats one sentence endlessly. */
export function repeatingPackage(): string {
  const checkpoint = join(PACKAGES, 'repeating-checkpoint');
  makeRepeatingCheckpoint(checkpoint);
  return converted('repeating-exact', checkpoint, 'exact');
}

function converted(name: string, checkpoint: string, preset: string): string {
  const target = join(PACKAGES, name);
  if (!isConverted.has(target)) {
    const args = ['--import', 'tsx', 'tools/cli/convert.ts', checkpoint, target, '--preset', preset];
    execFileSync(process.execPath, [...args, '--no-self-test'], { stdio: ['ignore', 'ignore', 'pipe'] });
    isConverted.add(target);
  }
  if (!existsSync(target)) throw new Error(`The converter left no ${target}.`);
  return target;
}
