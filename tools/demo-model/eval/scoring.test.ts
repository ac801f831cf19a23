import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isRight, type Metric } from './scoring.ts';

type Case = [metric: Metric, scale: number, answer: string, expected: string, right: boolean];
const cases = JSON.parse(readFileSync(new URL('../scoring-cases.json', import.meta.url), 'utf8')) as Case[];

test.each(cases)('%s (scale %d): %j for %j is %j', (metric, scale, answer, expected, right) => {
  expect(isRight(answer, expected, metric, scale)).toBe(right);
});
