import { expect, test } from 'vitest';
import { Held } from './held.ts';

test('held entries are found by key, by prefix and by model, and are deleted in the same way as stored ones', () => {
  const held = new Held();
  held.put([
    [['model', 'a'], 'A'],
    [['file', 'a', 'one'], 1],
    [['file', 'ab', 'two'], 2],
  ]);
  held.put([[['file', 'a', 'one'], 'newer']]);
  expect(held.get(['file', 'a', 'one'])).toBe('newer');
  expect(held.under(['file', 'a'])).toEqual([[['file', 'a', 'one'], 'newer']]);
  expect(held.of('a')).toHaveLength(2);
  held.remove({ gone: [['model', 'a']], goneUnder: [['file', 'a']] });
  expect(held.holds('a')).toBe(false);
  expect(held.holds('ab')).toBe(true);
});
