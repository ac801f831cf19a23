import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { complaint } from './complaint.ts';

async function errorOf(job: () => unknown): Promise<unknown> {
  try {
    await job();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a fault that a person can correct takes one line', async () => {
  const missing = await errorOf(() => readFile('/nowhere/at/all.json'));
  expect(complaint(missing)).toMatch(/^ENOENT: .*\/nowhere\/at\/all\.json'$/);
  const option = await errorOf(() => parseArgs({ args: ['--foo'], options: {} }));
  expect(complaint(option)).toMatch(/^Unknown option '--foo'[^\n]*$/);
  expect(complaint(new Failure('bad-request', 'No.'))).toBe('No.');
});

test('a bug shows its stack', () => {
  expect(complaint(new Error('oops'))).toContain('complaint.test.ts');
});
