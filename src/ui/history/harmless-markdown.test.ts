import { Marked } from 'marked';
import { expect, test } from 'vitest';
import { harmlessLine, harmlessMarkdown } from './harmless-markdown.ts';

const marked = new Marked({ gfm: true });
/** Renders Markdown like a viewer that filters nothing. */
const viewed = (text: string): string => marked.parse(text, { async: false });

test('no viewer fetches anything because of text that a model wrote', () => {
  const hostile = [
    '![x](http://evil.example/a.png)',
    '![x][r]\n\n[r]: http://evil.example/a.png',
    '[a](https://evil.example) and <https://evil.example>',
    'https://evil.example/?q=1 www.evil.example',
    '<img src="http://evil.example">',
    '<script src="//evil.example"></script>',
    '&lt;img src=x&gt;',
    '`` ` <img src=x> ``',
    '`<img src=x>`',
    '    <img src=x>',
    '> <img src=x>\n> ![x](//evil.example)',
    '- ![x](//evil.example)\n  - <iframe src=x>',
    '| a |\n|---|\n| ![x](//evil.example) |',
    '```html\n</code></pre><img src=x>\n```\n![x](//evil.example)',
    '```\n````\n![x](//evil.example)',
    '~~~\n```\n~~~\n![x](//evil.example)',
    '```\nnever closed',
    '\\![x](//evil.example) \\\\![x](//evil.example)',
    '# ![x](//evil.example)',
    '[^1]: ![x](//evil.example)',
    'a\r![x](//evil.example)',
  ];
  for (const text of hostile) {
    const html = viewed(`${harmlessMarkdown(text)}\n\n## Next`);
    expect(html, text).not.toMatch(/<img|<script|<iframe|<a /i);
    // The heading after the code is not part of it.
    expect(html, text).toContain('<h2>Next</h2>');
  }
  expect(viewed(harmlessLine('[x](http://e.example)<img src=x>\n![y](z)'))).not.toMatch(/<img|<a /);
});

test('words, lists, tables and code stay', () => {
  const code = '`a[0](x)` and `<b>`';
  expect(viewed(harmlessMarkdown(code)).replaceAll('\u2060', '')).toBe(viewed(code));
  const text = '**bold** *em*\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nlet a = [1];\n```';
  expect(viewed(harmlessMarkdown(text))).toBe(viewed(text));
});
