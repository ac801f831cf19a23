import { expect, test } from 'vitest';
import { readMarkdown } from './markdown.ts';
import { readText } from './read-text.ts';

const read = (answer: string, question = 'What is this?'): string | null =>
  readText(readMarkdown(answer), question);

test('the copied text of spotted lines and of transcribed pages has no markup', () => {
  expect(
    read(
      'Here:\n\n[{"bbox_2d": [1, 2, 3, 4], "text_content": "EXIT"}, {"bbox_2d": [5, 6, 7, 8], "text_content": "PULL"}]',
    ),
  ).toBe('EXIT\nPULL');
  expect(read('```html\n<h1 data-bbox="1 2 3 4">A &amp; B</h1>\n<p>one<br>two</p>\n```')).toBe(
    'A & B\none\ntwo',
  );
});

test('an answer to a request to read is text of the picture; other answers are not', () => {
  expect(read('**OPEN**\n\ntill nine', 'Read the sign.')).toBe('OPEN\n\ntill nine');
  expect(read('营业中', '读出图片中的文字。')).toBe('营业中');
  expect(read('A cat.')).toBeNull();
  expect(read('[{"bbox_2d": [1, 2, 3, 4], "label": "cat"}]')).toBeNull();
});
