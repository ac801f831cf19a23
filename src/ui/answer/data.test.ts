// JSON answers as tables; thoughts and spoken sentences.

import { expect, test } from 'vitest';
import { tableOf, toCsv } from './data-table.ts';
import { Sentences } from './sentences.ts';
import { splitThought } from './thought.ts';

test('JSON becomes a table, and the table CSV', () => {
  const table = tableOf([
    { name: 'Tea, green', price: 3.5 },
    { price: -2, note: '=1+1' },
  ]);
  expect(table?.columns).toEqual(['name', 'price', 'note']);
  expect(table?.rows.map(({ cells }) => cells)).toEqual([
    ['Tea, green', '3.5', ''],
    ['', '-2', '=1+1'],
  ]);
  expect(table && toCsv(table)).toBe('name,price,note\r\n"Tea, green",3.5,\r\n,-2,\'=1+1\r\n');
  expect(tableOf({ total: 12, paid: true })?.rows.map(({ cells }) => cells)).toEqual([
    ['total', '12'],
    ['paid', 'true'],
  ]);
  expect(tableOf({ items: [{ a: 1 }] })?.columns).toEqual(['a']);
  expect(tableOf([])).toBeUndefined();
  expect(tableOf('text')).toBeUndefined();
});

test('a thought ends at its tag; without the tag a model that thinks is still at it', () => {
  expect(splitThought('Let me see', true)).toEqual({ thought: 'Let me see', ended: false, answer: '' });
  expect(splitThought('Let me see\n</think>\n\nA cat.', true)).toEqual({
    thought: 'Let me see',
    ended: true,
    answer: 'A cat.',
  });
  expect(splitThought('A cat.', false)).toEqual({ thought: null, ended: true, answer: 'A cat.' });
});

test('sentences are handed out once, when they are finished', () => {
  const sentences = new Sentences();
  expect(sentences.next('A cat', false)).toBe('');
  expect(sentences.next('A cat sleeps. It is 3.5', false)).toBe('A cat sleeps.');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And', false)).toBe('It is 3.5 kg!');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And fed', true)).toBe('And fed');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And fed', true)).toBe('');
  expect(new Sentences().next('一只猫。它在睡', false)).toBe('一只猫。');
});
