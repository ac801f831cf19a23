// Tests output of a model that is not text: the model's own control tokens, half characters, bytes that belong to no
// character.

import { expect, test } from 'vitest';
import { createTextStream } from './text-stream.ts';

/** Tokens by their bytes; a special one is named by its text. */
const TOKENS: (number[] | string)[] = [
  [0x61],
  [0xf0, 0x9f],
  [0x91, 0x8d],
  '<|im_end|>',
  [0xff],
  [0x8d],
  [0xe4, 0xb8],
];
const [A, THUMB_BEGIN, THUMB_END, CONTROL, NO_BYTE, LOOSE_END, HAN_BEGIN] = [0, 1, 2, 3, 4, 5, 6];

function written(...ids: number[]): string[] {
  const stream = createTextStream({
    isSpecial: (id) => typeof TOKENS[id] === 'string',
    bytes: (id) => {
      const token = TOKENS[id]!;
      return typeof token === 'string' ? new TextEncoder().encode(token) : Uint8Array.from(token);
    },
  });
  return [...ids.map((id) => stream.push(id)), stream.flush()];
}

test('control tokens are never shown, not even between the halves of a character', () => {
  expect(written(A, CONTROL, A)).toEqual(['a', '', 'a', '']);
  expect(written(THUMB_BEGIN, CONTROL, THUMB_END)).toEqual(['', '', '👍', '']);
});

test('half a character waits for its end, and the next character shows that none comes', () => {
  expect(written(THUMB_BEGIN, THUMB_END, A)).toEqual(['', '👍', 'a', '']);
  expect(written(THUMB_BEGIN, A)).toEqual(['', '\ufffda', '']);
  expect(written(A, HAN_BEGIN)).toEqual(['a', '', '\ufffd']);
});

test('bytes that are no text become replacement characters, and the text continues', () => {
  expect(written(A, NO_BYTE, LOOSE_END, A).join('')).toBe('a\ufffd\ufffda');
});
