// Tests the boxes and points of answers, in the forms that models write, and unreadable coordinates.

import { expect, test } from 'vitest';
import { readMarkdown } from './markdown.ts';
import { readPlaces } from './marks.ts';

const read = (text: string) => readPlaces(readMarkdown(text));
const marks = (text: string): unknown =>
  read(text).marks.map(({ shape, label, picture }) => ({ shape, label, picture }));
const box = (...corners: number[]): object => ({ kind: 'box', box: corners });

test('the reader finds boxes and points with their labels', () => {
  expect(
    marks(
      '```json\n[{"bbox_2d": [10, 20, 300, 400], "label": "cat"}, {"point_2d": [5, 6], "label": "eye"}]\n```',
    ),
  ).toEqual([
    { shape: box(10, 20, 300, 400), label: 'cat', picture: null },
    { shape: { kind: 'point', x: 5, y: 6 }, label: 'eye', picture: null },
  ]);
  expect(marks('{"bbox_2d": [300, 400, 10, 20], "text_content": "EXIT", "img_idx": 1}')).toEqual([
    { shape: box(10, 20, 300, 400), label: 'EXIT', picture: { number: 1, from: null } },
  ]);
  expect(marks('```html\n<div class="image" data-bbox="1 2 3 4"></div>\n```')).toEqual([
    { shape: box(1, 2, 3, 4), label: 'image', picture: null },
  ]);
});

test('the reader finds places in the model’s other forms, and takes no numbers from prose', () => {
  expect(marks('(447, 81)')).toEqual([{ shape: { kind: 'point', x: 447, y: 81 }, label: '', picture: null }]);
  expect(marks('<!-- Image (10, 20, 300, 400) -->\n\n# Title\n\n<!-- Table (1, 2, 3, 4) -->')).toEqual([
    { shape: box(10, 20, 300, 400), label: 'Image', picture: null },
    { shape: box(1, 2, 3, 4), label: 'Table', picture: null },
  ]);
  expect(marks('The cat lies at (447, 81), I think.')).toEqual([]);
  expect(marks('It is in [10, 20, 300, 400].')).toEqual([]);
  expect(marks('(1447, 81)')).toEqual([]);
});

test('an unfinished answer gives complete boxes only, each under an id that it keeps', () => {
  const text =
    '```json\n[{"bbox_2d": [10, 20, 30, 40], "label": "a"}, {"bbox_2d": [50, 60, 70, 80], "label": "b"}]';
  const whole = read(text).marks;
  for (let end = 0; end <= text.length; end++) {
    const seen = read(text.slice(0, end)).marks;
    expect(seen).toEqual(whole.slice(0, seen.length));
  }
  expect(whole.map(({ id }) => id)).toEqual(['0.0', '0.1']);
});

const boxes = (value: unknown): unknown => {
  const { marks: found, unreadable } = read('```json\n' + JSON.stringify(value) + '\n```');
  return {
    boxes: found.map(({ shape }) => (shape.kind === 'box' ? shape.box : [shape.x, shape.y])),
    unreadable,
  };
};

test('a box that overshoots the picture a little is clamped to its edge; one far outside counts as unreadable', () => {
  expect(boxes([{ bbox_2d: [-8, 20, 300, 1014], label: 'a' }])).toEqual({
    boxes: [[0, 20, 300, 1000]],
    unreadable: 0,
  });
  expect(boxes([{ point_2d: [1004, 81], label: 'a' }])).toEqual({ boxes: [[1000, 81]], unreadable: 0 });
  expect(boxes([{ bbox_2d: [10, 20, 30, 1400], label: 'a' }])).toEqual({ boxes: [], unreadable: 1 });
  expect(boxes([{ bbox_2d: [1010, 20, 1040, 40], label: 'a' }])).toEqual({ boxes: [], unreadable: 1 });
});

test('the reader accepts lists of boxes in lists, with or without names', () => {
  const two = {
    boxes: [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
    unreadable: 0,
  };
  const objects = two.boxes.map((bbox_2d) => ({ bbox_2d, label: 'cat' }));
  expect(boxes({ label: 'cat', bbox_2d: two.boxes })).toEqual(two);
  expect(boxes({ label: 'cat', boxes: two.boxes })).toEqual(two);
  expect(boxes([objects])).toEqual(two);
  expect(boxes({ objects: [[objects[0]], [objects[1]]] })).toEqual(two);
  expect(boxes(two.boxes)).toEqual(two);
  expect(
    boxes([
      {
        bbox_2d: [
          [1, 2],
          [3, 4],
        ],
      },
    ]),
  ).toEqual({ boxes: [[1, 2, 3, 4]], unreadable: 0 });
  expect(boxes({ cat: { bbox_2d: [1, 2, 3, 4] } })).toEqual({ boxes: [[1, 2, 3, 4]], unreadable: 0 });
  expect(read('{"cat": {"bbox_2d": [1, 2, 3, 4]}}').marks[0]?.label).toBe('cat');
});

test('the reader accepts coordinates as text, and under their names', () => {
  for (const bbox of [
    '10 20 30 40',
    '[10, 20, 30, 40]',
    ['10', '20', '30.0', 40],
    { x1: 10, y1: 20, x2: 30, y2: 40 },
  ]) {
    expect(boxes([{ bbox_2d: bbox, label: 'a' }])).toEqual({ boxes: [[10, 20, 30, 40]], unreadable: 0 });
  }
});

test('each place with unreadable coordinates counts once', () => {
  const odd = [[10, 20, 30], [10, 20, 30, 40, 50], 'top left', { left: 3 }, ['a', 'b', 'c', 'd'], 7];
  for (const bbox_2d of odd) expect(boxes([{ bbox_2d, label: 'a' }])).toEqual({ boxes: [], unreadable: 1 });
  expect(boxes([{ bbox_2d: [1, 2, 3] }, { bbox_2d: [1, 2, 3, 4] }, { bbox_2d: [1, 2, 3, 9000] }])).toEqual({
    boxes: [[1, 2, 3, 4]],
    unreadable: 2,
  });
  expect(read('<!-- Image (10, 20, 300) -->').unreadable).toBe(1);
  expect(read('```html\n<div data-bbox="1 2 3"></div>\n```').unreadable).toBe(1);
});

test('empty coordinates, and values that are no coordinates, do not count as unreadable', () => {
  expect(
    boxes([
      { bbox_2d: [], label: 'a' },
      { bbox_2d: null, label: 'b' },
    ]),
  ).toEqual({ boxes: [], unreadable: 0 });
  expect(boxes([{ box: 'cardboard', boxes: 3, point: 'the first one' }])).toEqual({
    boxes: [],
    unreadable: 0,
  });
  expect(
    boxes([
      [100, 200],
      [300, 400],
    ]),
  ).toEqual({ boxes: [], unreadable: 0 });
  expect(boxes([[9, 8, 7, 6]])).toEqual({ boxes: [], unreadable: 0 });
});

test('an answer names its picture by a number, as text or in words', () => {
  const named = (value: unknown): unknown =>
    read(JSON.stringify({ bbox_2d: [1, 2, 3, 4], label: 'a', img_idx: value })).marks[0]?.picture;
  expect(named(-1)).toEqual({ number: -1, from: null });
  expect(named('2')).toEqual({ number: 2, from: null });
  expect(named('picture 2')).toEqual({ number: 2, from: 1 });
  expect(named('左图')).toEqual({ number: Number.NaN, from: 1 });
  expect(named(null)).toBeNull();
});
