import { expect, test } from 'vitest';
import { formatTimestamp } from './format-timestamp.ts';

test('times are rounded as Python prints them', () => {
  const texts = [0.25, 0.75, 0.35, 1.25, 2.05, 0.05, 100.25, 0].map(formatTimestamp);
  expect(texts.map((text) => text.slice(1, -9))).toEqual(
    // f"{x:.1f}"
    ['0.2', '0.8', '0.3', '1.2', '2.0', '0.1', '100.2', '0.0'],
  );
});
