// `npm test` and `npm run test:all`: run the steps one after another, print the time of each, stop at the first that
// fails, and end with the line `N passed, N failed`. A failed step without tests counts as one failure. Arguments
// select parts or steps by name: `npm run test:step types lint`; `build` selects all builds.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findOrInstallChromium } from './support/chromium.ts';
import { countTests } from './count.ts';
import { PARTS, STEPS, type Step } from './steps.ts';

const total = { passed: 0, failed: 0 };
const times: string[] = [];
const asked = process.argv.slice(2);
const known: readonly string[] = [...PARTS, ...STEPS.map((step) => step.name)];
const unknown = asked.find((name) => !known.includes(name));

mkdirSync('.cache', { recursive: true });
if (unknown === undefined) {
  for (const step of STEPS) {
    if (!asked.some((name) => isMeant(step, name))) continue;
    if (!run(step)) break;
  }
} else {
  console.error(`There is no step '${unknown}'; there are: ${known.join(', ')}.`);
  total.failed = 1;
}

console.log(`\n${times.join('\n')}`);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

function isMeant({ name, part }: Step, asked: string): boolean {
  return asked === part || asked === name || name.startsWith(`${asked} of `);
}

/** Runs one step and adds its tests to the total. */
function run(step: Step): boolean {
  console.log(`\n── ${step.name}`);
  if (step.report !== undefined) rmSync(step.report.file, { force: true });
  const start = performance.now();
  const succeeded = perform(step);
  const count = step.report === undefined ? undefined : countTests(step.report);
  total.passed += count?.passed ?? 0;
  total.failed += succeeded ? 0 : Math.max(1, count?.failed ?? 1);
  const seconds = ((performance.now() - start) / 1000).toFixed(1).padStart(6);
  times.push(`${seconds} s  ${step.name}${succeeded ? '' : '  FAILED'}`);
  return succeeded;
}

function perform(step: Step): boolean {
  try {
    const env = {
      ...process.env,
      ...(step.command === 'playwright' ? { CHROMIUM_PATH: findOrInstallChromium() } : {}),
    };
    const script = join('node_modules', '.bin', step.command);
    const { status, error } = spawnSync(script, step.args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env,
      // On Windows the entries of .bin are .cmd files, which only a shell can start.
      shell: process.platform === 'win32',
    });
    if (error !== undefined) throw error;
    return status === 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return false;
  }
}
