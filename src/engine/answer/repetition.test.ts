import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { createTokenizer } from '../prompt/tokenizer.ts';
import { RepetitionGuard } from './repetition.ts';

// This vocabulary of some thousand tokens cuts text finer than the published one, so repetitions have more
// tokens.
const fixture = resolve(import.meta.dirname, '../../../tools/reference/fixtures/dense-tied');
const file = (name: string): unknown => JSON.parse(readFileSync(resolve(fixture, name), 'utf8'));
const tokenizer = createTokenizer(file('tokenizer.json'), file('tokenizer_config.json'));

/**
 * The number of tokens of the text that are written before the guard ends it; undefined if the guard does not end it.
 */
function endsAfter(text: string): number | undefined {
  const guard = new RepetitionGuard((ids) => tokenizer.decode(ids));
  const at = tokenizer.encode(text).findIndex((id) => guard.isEndless(id));
  return at < 0 ? undefined : at + 1;
}

const ROW = '| Monday | closed | none | none |\n';
const BOX = '{"bbox_2d": [12, 30, 48, 66], "label": "window"},\n';

test.each([
  ['a matrix of 20 × 20 zeros', `[${`[${'0, '.repeat(19)}0],\n`.repeat(20)}]`],
  ['500 zeros', '0, '.repeat(500)],
  [
    'a dotted line of a table of contents',
    `Chapter 1 ${'.'.repeat(1000)} 7\nChapter 2 ${'.'.repeat(1000)} 9\n`,
  ],
  ['an empty form of 100 rows', '| | | | |\n'.repeat(100)],
  ['a table of 40 equal rows', `| Day | Open |\n|---|---|\n${ROW.repeat(40)}`],
  ['an HTML table of equal cells', '<tr><td>0</td><td>0</td></tr>'.repeat(40)],
  ['a row of 300 ballot boxes', '☐ '.repeat(300)],
  ['30 boxes of one window', `[${BOX.repeat(30)}]`],
  ['boxes of many windows', Array.from({ length: 400 }, (_, i) => BOX.replace('12', String(i))).join('')],
  ['rulers', `${'-'.repeat(400)}\n${'='.repeat(400)}\n${'_'.repeat(400)}`],
  ['a refrain', 'Na na na na, hey Jude.\n'.repeat(5)],
  ['a list of equal words', '- Milk\n'.repeat(60)],
  ['a numbered list', Array.from({ length: 400 }, (_, i) => `${i}. The same words in each line.\n`).join('')],
])('%s is written to its end', (_, text) => {
  expect(endsAfter(text)).toBeUndefined();
});

test.each([
  ['a sentence', 'I am sorry, I cannot read the text. '],
  ['a sentence in Chinese', '图片中没有可以阅读的文字。'],
  ['a line of a page', 'The quick brown fox jumps over the lazy dog\n'],
  [
    'a paragraph',
    'It begins with a word. Then there is a second sentence, and it is longer than the first. It ends. ',
  ],
  ['zeros', '0, '],
  ['dots', '.'],
  ['rows of a table', ROW],
  ['one box', BOX],
  ['one word', 'ha '],
])('%s without end is ended', (_, text) => {
  const after = endsAfter(`First something else. ${text.repeat(3000)}`);
  expect(after).toBeLessThan(3200);
});

test('the guard ends a repeated sentence much earlier than repeated marks', () => {
  expect(endsAfter('I am sorry, I cannot read the text. '.repeat(1000))).toBeLessThan(400);
  expect(endsAfter('0, '.repeat(1000))).toBeGreaterThan(1500);
});

test('the guard notices a repetition that begins after many other words', () => {
  const varied = Array.from({ length: 300 }, (_, i) => `Item ${i * 7919} of it. `).join('');
  expect(endsAfter(varied)).toBeUndefined();
  const begin = tokenizer.encode(varied).length;
  expect(endsAfter(varied + 'I am sorry, I cannot read it. '.repeat(100))).toBeLessThan(begin + 400);
});
