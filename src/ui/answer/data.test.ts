// JSON answers: what is drawn on the photo, and the table beside it.

import { expect, test } from 'vitest';
import { tableOf, toCsv } from './data-table.ts';
import { readMarkdown } from './markdown.ts';
import { marksOf } from './marks.ts';
import { Sentences } from './sentences.ts';
import { splitThought } from './thought.ts';

const marks = (text: string): unknown =>
  marksOf(readMarkdown(text)).map(({ shape, label, picture }) => ({ shape, label, picture }));
const box = (...corners: number[]): object => ({ kind: 'box', box: corners });

test('boxes and points are found with what names them', () => {
  expect(
    marks(
      '```json\n[{"bbox_2d": [10, 20, 300, 400], "label": "cat"}, {"point_2d": [5, 6], "label": "eye"}]\n```',
    ),
  ).toEqual([
    { shape: box(10, 20, 300, 400), label: 'cat', picture: null },
    { shape: { kind: 'point', x: 5, y: 6 }, label: 'eye', picture: null },
  ]);
  expect(marks('{"bbox_2d": [300, 400, 10, 20], "text_content": "EXIT", "img_idx": 1}')).toEqual([
    { shape: box(10, 20, 300, 400), label: 'EXIT', picture: 1 },
  ]);
  expect(marks('```html\n<div class="image" data-bbox="1 2 3 4"></div>\n```')).toEqual([
    { shape: box(1, 2, 3, 4), label: 'image', picture: null },
  ]);
});

test('places in the other forms that the model has are drawn, numbers in prose are not', () => {
  expect(marks('(447, 81)')).toEqual([{ shape: { kind: 'point', x: 447, y: 81 }, label: '', picture: null }]);
  expect(marks('<!-- Image (10, 20, 300, 400) -->\n\n# Title\n\n<!-- Table (1, 2, 3, 4) -->')).toEqual([
    { shape: box(10, 20, 300, 400), label: 'Image', picture: null },
    { shape: box(1, 2, 3, 4), label: 'Table', picture: null },
  ]);
  expect(marks('The cat lies at (447, 81), I think.')).toEqual([]);
  expect(marks('It is in [10, 20, 300, 400].')).toEqual([]);
  expect(marks('(1447, 81)')).toEqual([]);
});

test('while it is written, only complete boxes are drawn, each under the name it keeps', () => {
  const text =
    '```json\n[{"bbox_2d": [10, 20, 30, 40], "label": "a"}, {"bbox_2d": [50, 60, 70, 80], "label": "b"}]';
  const whole = marksOf(readMarkdown(text));
  for (let end = 0; end <= text.length; end++) {
    const seen = marksOf(readMarkdown(text.slice(0, end)));
    expect(seen).toEqual(whole.slice(0, seen.length));
  }
  expect(whole.map(({ id }) => id)).toEqual(['0.0', '0.1']);
});

test('numbers that are no place on the photo are not drawn', () => {
  expect(marks('[{"bbox_2d": [10, 20, 30], "label": "a"}]')).toEqual([]);
  expect(marks('[{"bbox_2d": [10, 20, 30, 1400], "label": "a"}]')).toEqual([]);
  expect(marks('[{"bbox_2d": "10 20 30 40", "label": "a"}]')).toEqual([]);
});

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
