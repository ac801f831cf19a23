import { expect, test } from 'vitest';
import { cachedPrefix, tokenKeys } from './cached-prefix.ts';

test('a prompt that continues the cached one computes only its new tokens', () => {
  expect(cachedPrefix([1, 2, 3], [1, 2, 3, 4, 5])).toBe(3);
});

test('the last token is computed again when the whole prompt is cached', () => {
  expect(cachedPrefix([1, 2, 3, 9], [1, 2, 3])).toBe(2);
});

test('an edited question is computed from its first different token on', () => {
  expect(cachedPrefix([1, 2, 3, 4], [1, 7, 3, 4])).toBe(1);
});

test('a picture that is only partly cached is computed whole', () => {
  const prompt = [1, 'a#0', 'a#0', 'a#0', 2, 3];
  expect(cachedPrefix([1, 'a#0', 'a#0'], prompt)).toBe(1);
  expect(cachedPrefix([1, 'a#0', 'a#0', 'a#0'], prompt)).toBe(4);
});

test('equal placeholder ids of different pictures are different tokens', () => {
  const slot = { media: 0, kind: 'image' as const, group: 0, start: 1, height: 1, width: 2 };
  const prompt = { inputIds: Int32Array.of(5, 9, 9, 6), slots: [slot] };
  const first = tokenKeys(prompt, ['first']);
  const second = tokenKeys(prompt, ['second']);
  expect(first).toEqual([5, 'first#0', 'first#0', 6]);
  expect(cachedPrefix(first, second)).toBe(1);
});
