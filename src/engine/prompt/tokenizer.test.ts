// tokenizer.golden.json holds texts that tokenizers often get wrong, with the ids and the decoded text that
// transformers 5.17 returns for the tokenizer of tools/reference/fixtures/dense-tied (`tokenizer(text,
// add_special_tokens=False)`, `tokenizer.decode(ids, skip_special_tokens=True)`).

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stopTokens } from './stop-tokens.ts';
import { createTextStream } from '../answer/text-stream.ts';
import { createTokenizer } from './tokenizer.ts';

const fixture = resolve(import.meta.dirname, '../../../tools/reference/fixtures/dense-tied');
const file = (name: string): unknown => JSON.parse(readFileSync(resolve(fixture, name), 'utf8'));
const tokenizer = createTokenizer(file('tokenizer.json'), file('tokenizer_config.json'));
const goldens = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'tokenizer.golden.json'), 'utf8'),
) as Golden[];

interface Golden {
  text: string;
  ids: number[];
  decoded: string;
}

describe.each(goldens)('$text', ({ text, ids, decoded }) => {
  test('has the ids of the reference', () => {
    expect(tokenizer.encode(text)).toEqual(ids);
  });

  test('decodes and streams as in the reference', () => {
    expect(tokenizer.decode(ids)).toBe(decoded);
    const stream = createTextStream(tokenizer);
    expect(ids.map((id) => stream.push(id)).join('') + stream.flush()).toBe(decoded);
  });
});

test('every id of the vocabulary has bytes, and ids beyond have none', () => {
  expect(tokenizer.size).toBe(1026);
  for (let id = 0; id < tokenizer.size; id++) expect(tokenizer.bytes(id).length).toBeGreaterThan(0);
  expect(tokenizer.bytes(tokenizer.size)).toHaveLength(0);
  expect(tokenizer.token(tokenizer.size)).toBeUndefined();
});

test('a character is held back until its last byte', () => {
  const ids = tokenizer.encode('👍');
  expect(ids.length).toBeGreaterThan(1);
  const stream = createTextStream(tokenizer);
  expect(ids.map((id) => stream.push(id))).toEqual([...ids.slice(1).map(() => ''), '👍']);
  expect(stream.flush()).toBe('');
});

test('an unfinished character becomes one replacement character at the end', () => {
  const stream = createTextStream(tokenizer);
  expect(
    tokenizer
      .encode('👍')
      .slice(0, -1)
      .map((id) => stream.push(id))
      .join(''),
  ).toBe('');
  expect(stream.flush()).toBe('\ufffd');
});

test('special tokens are not shown, added ones are', () => {
  const ids = tokenizer.encode('<think>a<|im_end|>');
  expect(tokenizer.decode(ids)).toBe('<think>a');
  expect(tokenizer.decode(ids, { keepSpecial: true })).toBe('<think>a<|im_end|>');
});

test('an answer stops at every end of generation_config.json and at the tokenizer’s own', () => {
  expect(stopTokens(file('generation_config.json'), tokenizer)).toEqual(new Set([1002, 1000]));
  expect(stopTokens({ eos_token_id: 7 }, tokenizer)).toEqual(new Set([7, 1002]));
  expect(stopTokens(undefined, tokenizer)).toEqual(new Set([1002]));
  expect(() => stopTokens({ eos_token_id: 'x' }, tokenizer)).toThrow('generation_config.json: eos_token_id');
});

test('a tokenizer that is not byte-level is refused', () => {
  expect(() => createTokenizer({ decoder: { type: 'WordPiece' } }, {})).toThrow('tokenizer.json: decoder');
});
