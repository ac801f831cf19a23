// Extensions to GitHub's Markdown: formulas between dollar signs or TeX's own brackets, and JSON without a fence.

import type { TokenizerExtension } from 'marked';
import { jsonEnd } from './read-json.ts';

export interface FormulaToken {
  type: 'formula';
  raw: string;
  tex: string;
}

export interface DataToken {
  type: 'data';
  raw: string;
}

const DISPLAY = /^ {0,3}(?:\$\$([^$]+?)\$\$|\\\[([\s\S]+?)\\\])[ \t]*(?:\n|$)/;
// The rules are those of pandoc: no blank just inside the dollar signs and no digit after them, so that prices stay
// prices.
const INLINE = /^(?:\$\$([^$]+?)\$\$|\$(?!\s)((?:\\.|[^$\\\n])+?)(?<!\s)\$(?!\d)|\\\(([\s\S]+?)\\\))/;

export const SYNTAX: TokenizerExtension[] = [
  {
    name: 'formula-block',
    level: 'block',
    start: (text) => before(text, /(?:^|\n) {0,3}(?:\$\$|\\\[)/),
    tokenizer: (text) => formula(DISPLAY.exec(text)),
  },
  {
    name: 'formula-inline',
    level: 'inline',
    start: (text) => before(text, /\$|\\\(/),
    tokenizer: (text) => formula(INLINE.exec(text)),
  },
  {
    name: 'data',
    level: 'block',
    start: (text) => before(text, /\n[ \t]*[[{]/),
    tokenizer(text): DataToken | undefined {
      const lead = /^\s*/.exec(text)?.[0].length ?? 0;
      const end = jsonEnd(text.slice(lead));
      return end === null ? undefined : { type: 'data', raw: text.slice(0, lead + end) };
    },
  },
];

function before(text: string, pattern: RegExp): number | undefined {
  const at = text.search(pattern);
  return at < 0 ? undefined : at;
}

function formula(match: RegExpExecArray | null): FormulaToken | undefined {
  const tex = match?.slice(1).find(Boolean);
  return match && tex ? { type: 'formula', raw: match[0], tex: tex.trim() } : undefined;
}
