// Reads the numbers of passed and failed tests from the reports of the two test runners.

import { readFileSync } from 'node:fs';
import type { Step } from './steps.ts';

export interface Count {
  passed: number;
  failed: number;
}

/** The numbers in a step's report; undefined if there is no readable report. */
export function countTests(report: NonNullable<Step['report']>): Count | undefined {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(report.file, 'utf8'));
  } catch {
    return undefined;
  }
  if (report.kind === 'vitest') return pick(json, 'numPassedTests', 'numFailedTests');
  // In Playwright's report, a flaky test is one that passed when it was repeated.
  const stats = isRecord(json) ? json.stats : undefined;
  const count = pick(stats, 'expected', 'unexpected');
  const flaky = isRecord(stats) && typeof stats.flaky === 'number' ? stats.flaky : 0;
  return count && { ...count, passed: count.passed + flaky };
}

function pick(json: unknown, passed: string, failed: string): Count | undefined {
  if (!isRecord(json)) return undefined;
  const values = [json[passed], json[failed]];
  const [a, b] = values;
  return typeof a === 'number' && typeof b === 'number' ? { passed: a, failed: b } : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
