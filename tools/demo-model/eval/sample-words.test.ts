// Checks that users who read only one language can read the questions that the first page offers.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { isReadable, parseSamples } from './samples.ts';

const INDEX = resolve(import.meta.dirname, '../../../public/samples/index.json');

test('a reader of one language can read every question of a sample', () => {
  const samples = parseSamples(JSON.parse(readFileSync(INDEX, 'utf8')), INDEX);
  const mixed = samples.flatMap(({ questions }) => questions.filter((question) => !isReadable(question)));
  expect(mixed).toEqual([]);
});

test('the choice of samples excludes a question about a name in the other script', () => {
  const answer = { en: '365', zh: '365' };
  expect(isReadable({ text: { en: 'What is Q1?', zh: 'Q1是多少？' }, answer })).toBe(true);
  expect(isReadable({ text: { en: 'What is 帽子?', zh: '帽子是多少？' }, answer })).toBe(false);
  const named = { en: 'The 帽子', zh: '帽子' };
  expect(isReadable({ text: { en: 'Which is higher?', zh: '哪个更高？' }, answer: named })).toBe(false);
  expect(isReadable({ text: { en: 'What is Q1?', zh: 'What is Q1?' }, answer })).toBe(false);
});
