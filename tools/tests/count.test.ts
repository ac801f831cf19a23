import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { countTests } from './count.ts';

const folder = mkdtempSync(join(tmpdir(), 'count-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function report(name: string, json: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(json));
  return file;
}

test('the count reads the reports of both runners', () => {
  const vitest = report('vitest.json', { numPassedTests: 7, numFailedTests: 1 });
  expect(countTests({ file: vitest, kind: 'vitest' })).toEqual({ passed: 7, failed: 1 });
  const playwright = report('playwright.json', {
    stats: { expected: 3, unexpected: 1, flaky: 1, skipped: 0 },
  });
  expect(countTests({ file: playwright, kind: 'playwright' })).toEqual({ passed: 4, failed: 1 });
});

test('a report that is missing or of another kind counts nothing', () => {
  expect(countTests({ file: join(folder, 'none.json'), kind: 'vitest' })).toBeUndefined();
  expect(countTests({ file: report('odd.json', []), kind: 'playwright' })).toBeUndefined();
});
