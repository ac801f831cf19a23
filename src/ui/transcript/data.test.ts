// Tests tables of JSON answers, thoughts, and sentences for screen readers.

import { expect, test } from 'vitest';
import { en, zh } from './answer-strings.ts';
import { isNothing, tableOf, toCsv } from '../answer/data-table.ts';
import { GrowingBlocks } from '../answer/growing-blocks.ts';
import { readMarkdown } from '../answer/markdown.ts';
import { placeInWords, shownTable, type ShownTable } from './shown-table.ts';
import { Sentences } from '../answer/sentences.ts';
import { splitThought } from '../answer/thought.ts';

test('JSON becomes a table, and the table becomes CSV', () => {
  const table = tableOf([
    { name: 'Tea, green', price: 3.5 },
    { price: -2, note: '=1+1' },
  ]);
  expect(table?.columns).toEqual(['name', 'price', 'note']);
  expect(table?.rows.map(({ cells }) => cells)).toEqual([
    ['Tea, green', 3.5, undefined],
    [undefined, -2, '=1+1'],
  ]);
  expect(table && toCsv(table)).toBe('name,price,note\r\n"Tea, green",3.5,\r\n,-2,"\'=1+1"\r\n');
  expect(tableOf({ total: 12, paid: true })?.rows.map(({ cells }) => cells)).toEqual([
    ['total', 12],
    ['paid', true],
  ]);
  expect(tableOf({ items: [{ a: 1 }] })?.columns).toEqual(['a']);
  expect(tableOf([])).toBeUndefined();
  expect(tableOf('text')).toBeUndefined();
});

test('CSV marks every cell that a spreadsheet would run as text, wherever it hides; numbers stay numbers', () => {
  const first = (cell: string): string => toCsv({ columns: null, rows: [{ cells: [cell], source: null }] });
  const formulas = [
    "-2+3+cmd|' /C calc'!A0",
    ' =1+1',
    '\u00a0=1+1',
    '\u200b=1+1',
    '\t=1+1',
    '\r=1+1',
    '\n=1+1',
    '+1+1',
    '-1+1',
    '@SUM(A1)',
    '＝1+1',
    '|calc',
    '+49 30 =1',
  ];
  for (const cell of formulas) expect(first(cell), JSON.stringify(cell)).toMatch(/^"?'/);
  // Separators and quotes inside a cell cannot end it.
  expect(first('a;=1+1')).toBe('"a;=1+1"\r\n');
  expect(first('a\t=1+1')).toBe('"a\t=1+1"\r\n');
  expect(first('a","=1+1')).toBe('"a"",""=1+1"\r\n');
  for (const cell of ['-2', '-2.5', '+3', '1e-7', '-1,000.5', '-12%', 'tea', '3 - 2']) {
    expect(first(cell).replaceAll('"', '')).toBe(`${cell}\r\n`);
  }
});

const BOXES = [
  { bbox_2d: [10, 20, 300, 300], label: 'cat', img_idx: 0 },
  { bbox_2d: [400, 700, 600, 990], label: 'dog', img_idx: 0 },
  { bbox_2d: [1, 2, 3], label: 'odd', img_idx: 0 },
];

function shown(value: unknown, words: typeof en = en, inNumbers = false): ShownTable {
  const table = tableOf(value) ?? expect.fail('no table');
  return shownTable(table, words, inNumbers);
}

test('the table shows places in words of the user’s language, and in numbers on request', () => {
  expect(shown(BOXES).heads).toEqual(['What', 'Where', 'Picture']);
  expect(shown(BOXES).rows.map(({ cells }) => cells)).toEqual([
    ['cat', 'top left', '0'],
    ['dog', 'bottom', '0'],
    ['odd', 'could not be read', '0'],
  ]);
  expect(shown(BOXES, zh).heads).toEqual(['内容', '位置', '图片']);
  expect(shown(BOXES, zh).rows[0]?.cells).toEqual(['cat', '左上', '0']);
  expect(shown(BOXES, en, true).rows[0]?.cells[1]).toBe('10, 20, 300, 300');
  expect(shown([[1, 2, 3, 4]]).rows[0]?.cells).toEqual(['top left']);
  expect(shown({ cat: { bbox_2d: [1, 2, 3, 4] } }).rows[0]?.cells).toEqual(['cat', 'top left']);
  expect(toCsv(tableOf(BOXES) ?? expect.fail())).toContain(
    'bbox_2d,label,img_idx\r\n"10, 20, 300, 300",cat,0',
  );
});

test('a place in words is the third of the picture that holds it, or the side that it reaches across', () => {
  const where = (...box: [number, number, number, number]): string =>
    placeInWords({ kind: 'box', box }, en.places);
  expect(where(0, 0, 1000, 1000)).toBe('nearly the whole picture');
  expect(where(0, 800, 1000, 1000)).toBe('all across the bottom');
  expect(where(0, 0, 100, 1000)).toBe('all down the left side');
  expect(where(450, 450, 550, 550)).toBe('middle');
  expect(where(700, 400, 990, 600)).toBe('right');
  expect(placeInWords({ kind: 'point', x: 1000, y: 1000 }, en.places)).toBe('bottom right');
});

test('titles and values are words, without programmers’ keys and without brackets', () => {
  expect(
    shown([{ unit_price: 2, firstName: 'Ann', is_paid: true, odd_key: [{ a_b: 1 }, { a_b: 2 }] }]),
  ).toMatchObject({
    heads: ['Price each', 'First Name', 'Is paid', 'Odd key'],
    rows: [{ cells: ['2', 'Ann', 'yes', 'A b: 1; A b: 2'] }],
  });
  expect(shown({ total: 12, paid: false }, zh).rows.map(({ cells }) => cells)).toEqual([
    ['合计', '12'],
    ['Paid', '否'],
  ]);
});

test('a value that contains nothing counts as nothing', () => {
  for (const empty of [[], {}, null, { objects: [] }, [[]]]) expect(isNothing(empty)).toBe(true);
  for (const full of [0, '', false, [0], { a: null }, { a: '' }]) {
    expect(isNothing(full)).toBe(false);
  }
  for (const text of [
    '[]',
    '```json\n[]\n```',
    '```json\n\n```',
    '{}',
    '```json\nnull\n```',
    'None here:\n\n[]',
  ]) {
    const last = readMarkdown(text).at(-1)?.block;
    expect(last?.kind === 'data' && isNothing(last.value) && !last.breaksOff, text).toBe(true);
  }
});

test('JSON never appears as code or as text while it is being written', () => {
  for (const text of [
    '```json\n[{"bbox_2d": [1, 2, 3, 4], "label": "a"}]\n```',
    '[{"a": 1}, {"b": [2]}]',
    '{"a": "b"}',
  ]) {
    const growing = new GrowingBlocks();
    for (let end = 1; end < text.length; end++) {
      const kinds = growing.read(text.slice(0, end), false).map(({ block }) => block.kind);
      expect(
        kinds.filter((kind) => kind !== 'data'),
        text.slice(0, end),
      ).toEqual([]);
    }
  }
});

test('JSON that is cut off says so, and keeps its complete entries', () => {
  const block = (text: string): unknown => new GrowingBlocks().read(text, true)[0]?.block;
  expect(block('```json\n[{"a": 1}, {"a": ')).toMatchObject({
    kind: 'data',
    value: [{ a: 1 }],
    breaksOff: true,
  });
  expect(block('[{"a": ')).toMatchObject({ kind: 'data', value: undefined, breaksOff: true });
  expect(block('[[1, 2], [3, ')).toMatchObject({ kind: 'data', value: [[1, 2]], breaksOff: true });
  expect(block('[{"a": 1}]')).toMatchObject({ kind: 'data', value: [{ a: 1 }], breaksOff: false });
  expect(block('```c\n{ int x;')).toMatchObject({ kind: 'code' });
});

test('a thought ends at its tag; without the tag the model is still thinking', () => {
  expect(splitThought('Let me see', true)).toEqual({ thought: 'Let me see', ended: false, answer: '' });
  expect(splitThought('Let me see\n</think>\n\nA cat.', true)).toEqual({
    thought: 'Let me see',
    ended: true,
    answer: 'A cat.',
  });
  expect(splitThought('A cat.', false)).toEqual({ thought: null, ended: true, answer: 'A cat.' });
});

test('an answer about the thought tag stays whole', () => {
  const about = 'The tag `</think>` ends a thought, and <think> begins it.';
  expect(splitThought(about, false)).toEqual({ thought: null, ended: true, answer: about });
  expect(splitThought(`They ask about a tag.</think>\n\n${about}`, true)).toEqual({
    thought: 'They ask about a tag.',
    ended: true,
    answer: about,
  });
});

test('a screen reader gets each sentence once, when it is complete', () => {
  const sentences = new Sentences();
  expect(sentences.next('A cat', false)).toBe('');
  expect(sentences.next('A cat sleeps. It is 3.5', false)).toBe('A cat sleeps.');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And', false)).toBe('It is 3.5 kg!');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And fed', true)).toBe('And fed');
  expect(sentences.next('A cat sleeps. It is 3.5 kg! And fed', true)).toBe('');
  expect(new Sentences().next('一只猫。它在睡', false)).toBe('一只猫。');
});
