import { expect, test } from 'vitest';
import { snippet } from './snippet.ts';

test('a snippet has the words around a hit on one line, and marks each cut', () => {
  expect(snippet('What is it?\nA red mug.', ['RED'])).toBe('What is it? A red mug.');
  const long = `${'before '.repeat(20)}the needle ${'after '.repeat(40)}`;
  const shown = snippet(long, ['nothing', 'needle']);
  expect(shown).toMatch(/^….*the needle after.*…$/);
  expect(shown.length).toBeLessThan(100);
  expect(snippet(long, ['hay'])).toBe('');
  expect(snippet(long, [''])).toBe('');
});
