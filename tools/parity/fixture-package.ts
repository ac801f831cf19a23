// A fixture as a package, converted by the converter's own command line, which goes on or does nothing
// where a package lies. Test files run side by side: each of Vitest's workers has packages of its own.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

const FIXTURES = resolve(import.meta.dirname, '../reference/fixtures');
const WORKER = process.env['VITEST_POOL_ID'] ?? '0';
const PACKAGES = resolve(import.meta.dirname, '../../.cache/parity-packages', WORKER);
const converted = new Set<string>();

/** The folder of the package. */
export function fixturePackage(fixture: string, preset: string): string {
  const target = join(PACKAGES, `${fixture}-${preset}`);
  if (!converted.has(target)) {
    const args = [
      '--import',
      'tsx',
      'tools/convert.ts',
      join(FIXTURES, fixture),
      target,
      '--preset',
      preset,
      '--no-self-test',
    ];
    execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    converted.add(target);
  }
  if (!existsSync(target)) throw new Error(`The converter left no ${target}.`);
  return target;
}
