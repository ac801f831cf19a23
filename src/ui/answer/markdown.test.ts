import { expect, test } from 'vitest';
import type { Block } from './blocks.ts';
import { GrowingBlocks } from './growing-blocks.ts';
import { readMarkdown } from './markdown.ts';

const read = (text: string): Block[] => readMarkdown(text).map(({ block }) => block);
const paragraph = (text: string): Block => ({ kind: 'paragraph', children: [{ kind: 'text', text }] });

test('HTML stays text: nothing that a model writes becomes markup', () => {
  expect(read('<img src=x onerror=alert(1)>')).toEqual([paragraph('<img src=x onerror=alert(1)>')]);
  expect(read('a <script>alert(1)</script> b')).toEqual([
    {
      kind: 'paragraph',
      children: ['a ', '<script>', 'alert(1)', '</script>', ' b'].map((text) => ({ kind: 'text', text })),
    },
  ]);
  expect(read('a &amp; b &#60;c> < d')).toEqual([paragraph('a & b <c> < d')]);
});

test('only complete https addresses become links; a picture becomes its description', () => {
  const link = (text: string): unknown => {
    const [block] = read(text);
    return block?.kind === 'paragraph' ? block.children : undefined;
  };
  const text = (words: string): object => ({ kind: 'text', text: words });
  expect(link('[a](https://example.org/x?y=1)')).toEqual([
    { kind: 'link', href: 'https://example.org/x?y=1', children: [text('a')] },
  ]);
  expect(link('[a](javascript:alert(1))')).toEqual([text('a'), text(' (\u2068javascript:alert(1)\u2069)')]);
  expect(link('[a](http://example.org)')).toEqual([text('a'), text(' (\u2068http://example.org\u2069)')]);
  expect(link('[a](//example.org)')).toEqual([text('a'), text(' (\u2068//example.org\u2069)')]);
  expect(link('[a](https://user@example.org)')).toEqual([
    text('a'),
    text(' (\u2068https://user@example.org\u2069)'),
  ]);
  expect(link('![cat](https://example.org/cat.png)')).toEqual([
    { kind: 'link', href: 'https://example.org/cat.png', children: [text('cat')] },
  ]);
});

test('no character of a shown address reverses its writing direction', () => {
  const [block] = read('[a](http://example.org/\u202egro)');
  expect(JSON.stringify(block)).toContain('[U+202E]gro\u2069');
});

test('text that is nested too deeply, or takes too long to read, stays as the model wrote it', () => {
  for (const text of ['>'.repeat(2000), '- '.repeat(2000), '**_'.repeat(13_000), `a${' '.repeat(50_000)}b`]) {
    expect(read(text)).toEqual([{ kind: 'plain', text }]);
  }
  const deepest = (block: Block): number =>
    block.kind === 'quote' ? 1 + Math.max(0, ...block.blocks.map(deepest)) : 1;
  expect(
    Math.max(...read(Array.from({ length: 15 }, (_, i) => '>'.repeat(i + 1) + ' a').join('\n')).map(deepest)),
  ).toBe(16);
  // JSON that is nested too deeply neither becomes a quote nor throws.
  expect(read('{"a":'.repeat(2000))[0]?.kind).not.toBe('quote');
  expect(() => read('['.repeat(20_000) + ']'.repeat(20_000))).not.toThrow();
  // If a long paragraph stands between short ones, only the long one is shown as plain text.
  const blocks = read(`*a*\n\n${'_a_ '.repeat(4000)}\n\n*b*`);
  expect(blocks[0]).toEqual({
    kind: 'paragraph',
    children: [{ kind: 'emphasis', children: [{ kind: 'text', text: 'a' }] }],
  });
});

test('text between dollar signs or TeX’s brackets becomes a formula; prices stay prices', () => {
  expect(read('$$a^2$$')).toEqual([{ kind: 'formula', tex: 'a^2' }]);
  expect(read('So\n\\[ x \\]\nthen')).toEqual([
    paragraph('So'),
    { kind: 'formula', tex: 'x' },
    paragraph('then'),
  ]);
  expect(read('with $x_1$ and \\(y\\)')).toEqual([
    {
      kind: 'paragraph',
      children: [
        { kind: 'text', text: 'with ' },
        { kind: 'formula', tex: 'x_1' },
        { kind: 'text', text: ' and ' },
        { kind: 'formula', tex: 'y' },
      ],
    },
  ]);
  expect(read('between $5 and $10, or $3-$4')).toEqual([paragraph('between $5 and $10, or $3-$4')]);
});

test('JSON becomes data, fenced or bare, as far as it is written', () => {
  const value = [{ bbox_2d: [1, 2, 3, 4], label: 'cat' }];
  const json = JSON.stringify(value);
  const fenced = '```json\n' + json + '\n```';
  expect(read(fenced)).toEqual([{ kind: 'data', text: json, value, breaksOff: false }]);
  expect(read(`Here it is:\n${json}\nThat is all.`)).toEqual([
    paragraph('Here it is:'),
    { kind: 'data', text: json, value, breaksOff: false },
    paragraph('That is all.'),
  ]);
  expect(read('```json\n' + json.slice(0, -1) + ', {"bbox_2d": [5, 6')).toMatchObject([
    { kind: 'data', value },
  ]);
  expect(read("[{'bbox_2d': [1, 2, 3, 4], 'label': 'cat'}]")).toMatchObject([{ kind: 'data', value }]);
  expect(read('[1] a footnote')).toEqual([paragraph('[1] a footnote')]);
  expect(read('```python\nx = [1]\n```')).toEqual([{ kind: 'code', language: 'python', text: 'x = [1]' }]);
});

const LONG = [
  '# Title',
  'A *word* and `code`,\nover two lines.',
  '- one\n- two\n  1. deep\n\n  still two',
  '> quoted\n> more',
  '| a | b |\n| - | :-: |\n| 1 | 2 |',
  '```html\n<p>x</p>\n\n<b>y</b>\n```',
  '$$\\frac{1}{2}$$',
  '[{"bbox_2d": [1, 2, 3, 4], "label": "x"}]',
  '---',
  'The end &amp; done.',
].join('\n\n');

test('an answer that grows piece by piece gives the same blocks as one that is read at once', () => {
  for (const step of [1, 3, 7, 50]) {
    const growing = new GrowingBlocks();
    for (let end = 0; end < LONG.length; end += step) growing.read(LONG.slice(0, end), false);
    expect(growing.read(LONG, true)).toEqual(readMarkdown(LONG));
  }
});

test('the reader does not read finished blocks again while the answer grows', () => {
  const growing = new GrowingBlocks();
  const [before] = growing.read('First.\n\nSecond', false);
  const [after] = growing.read('First.\n\nSecond and more', false);
  expect(after).toBe(before);
});

test('a link definition at the end applies to the text before it', () => {
  const growing = new GrowingBlocks();
  const text = 'See [this][1].\n\nMore.\n\n[1]: https://example.org/';
  growing.read(text.slice(0, -5), false);
  expect(growing.read(text, true)).toEqual(readMarkdown(text));
});
