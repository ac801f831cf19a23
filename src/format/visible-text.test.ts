import { expect, test } from 'vitest';
import { visibleText } from './visible-text.ts';

test('control characters that reverse a line are written out', () => {
  expect(visibleText('moc.live\u202e//:sptth')).toBe('moc.live[U+202E]//:sptth');
  for (const code of [
    0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
  ]) {
    const name = code.toString(16).toUpperCase().padStart(4, '0');
    expect(visibleText(`a${String.fromCodePoint(code)}b`)).toBe(`a[U+${name}]b`);
  }
  expect(visibleText('a\nb\u0000\u200b')).toBe('a b[U+0000][U+200B]');
});

test('words of every script stay as they are', () => {
  for (const text of ['Qwen3-VL', '照片.jpg', 'صورة', 'תמונה', 'क्‍ष', '👩‍👩‍👧', 'Zoë'])
    expect(visibleText(text)).toBe(text);
});
