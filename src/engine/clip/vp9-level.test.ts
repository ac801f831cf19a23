import { expect, test } from 'vitest';
import { withLevels } from './vp9-level.ts';

test('a VP9 codec without a level is tried with each of them', () => {
  expect(withLevels('vp09.00.00.08').slice(0, 2)).toEqual(['vp09.00.10.08', 'vp09.00.11.08']);
  expect(withLevels('vp09.00.00.08.01.01.01.01.00')).toContain('vp09.00.62.08.01.01.01.01.00');
});

test('codecs with a level, and other codecs, are left alone', () => {
  for (const codec of ['vp09.00.10.08', 'vp8', 'avc1.42001f', 'av01.0.00M.08']) {
    expect(withLevels(codec)).toEqual([]);
  }
});
