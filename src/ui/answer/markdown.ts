// Markdown → blocks. The lexer is marked's; its tokens are translated one by one, so that only what is
// named here can reach the page: HTML is shown as it is written, pictures become their description.

import { Marked, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Block, Inline, ListItem, PlacedBlock } from './blocks.ts';
import { breaksOff, jsonEnd, readJson } from './read-json.ts';
import { SYNTAX, type DataToken, type FormulaToken } from './syntax.ts';

type Known = MarkedToken | FormulaToken | DataToken;

const marked = new Marked({ gfm: true, breaks: true, extensions: SYNTAX });

/** `from`: where `text` begins in the answer. */
export function readMarkdown(text: string, from = 0): PlacedBlock[] {
  let at = from;
  const placed: PlacedBlock[] = [];
  for (const token of marked.lexer(text)) {
    // Blank lines before a block may or may not be counted to it.
    const start = at + (/^\s*\n/.exec(token.raw)?.[0].length ?? 0);
    placed.push(...blocksOf(known(token)).map((block) => ({ at: start, block })));
    at += token.raw.length;
  }
  return placed;
}

/** marked types its tokens loosely, because of extensions; ours are in `Known`. */
function known(token: Token): Known {
  return token as Known;
}

function blocks(tokens: readonly Token[]): Block[] {
  return tokens.flatMap((token) => blocksOf(known(token)));
}

function blocksOf(token: Known): Block[] {
  switch (token.type) {
    case 'paragraph':
    case 'text':
      return [
        {
          kind: 'paragraph',
          children: token.type === 'text' && !token.tokens ? [plain(token.text)] : inlines(token.tokens),
        },
      ];
    case 'heading':
      return [{ kind: 'heading', depth: token.depth, children: inlines(token.tokens) }];
    case 'blockquote':
      return [{ kind: 'quote', blocks: blocks(token.tokens) }];
    case 'list':
      return [
        {
          kind: 'list',
          start: token.ordered ? (token.start === '' ? 1 : token.start) : null,
          items: token.items.map(item),
        },
      ];
    case 'table':
      return [table(token)];
    case 'code':
      return [code(token)];
    case 'data':
      return [data(token.raw.trim())];
    case 'formula':
      return [{ kind: 'formula', tex: token.tex }];
    case 'hr':
      return [{ kind: 'rule' }];
    case 'html':
      return /^<!--[\s\S]*-->\s*$/.test(token.text)
        ? places(token.text)
        : [{ kind: 'paragraph', children: [plain(token.text)] }];
    default:
      return [];
  }
}

/** Figures and tables of a document are announced as `<!-- Image (x1, y1, x2, y2) -->`. */
function places(comments: string): Block[] {
  return Array.from(
    comments.matchAll(/<!--\s*([^<>()]+?)\s*\(([\d.,\s]+)\)\s*-->/g),
    ([, label, corners]) => ({
      kind: 'place',
      label: label ?? '',
      corners: corners?.split(',').map(Number) ?? [],
    }),
  );
}

function item(token: Tokens.ListItem): ListItem {
  return { checked: token.task ? token.checked === true : null, blocks: blocks(token.tokens) };
}

function table({ align, header, rows }: Tokens.Table): Block {
  const cells = (row: readonly Tokens.TableCell[]): Inline[][] => row.map((cell) => inlines(cell.tokens));
  return { kind: 'table', align, header: cells(header), rows: rows.map(cells) };
}

function code({ lang = '', text, raw }: Tokens.Code): Block {
  const language = lang.trim().toLowerCase().split(/\s/)[0] ?? '';
  if (language !== '' && !language.startsWith('json')) return { kind: 'code', language, text };
  const isClosed = /^\s*(`{3,}|~{3,})[^]*\n\s*\1\s*$/.test(raw);
  if (language !== '' && /^(null|none)?$/i.test(text.trim())) {
    return { kind: 'data', text, value: isClosed ? null : undefined, breaksOff: !isClosed };
  }
  return data(text, language);
}

/** As JSON if it can be read or is still being written, else as code. */
function data(text: string, language = ''): Block {
  const value = readJson(text);
  const isBroken = breaksOff(text);
  if (value !== undefined) return { kind: 'data', text, value, breaksOff: isBroken };
  return isBroken && (language !== '' || jsonEnd(text.trim()) !== null)
    ? { kind: 'data', text, value: undefined, breaksOff: true }
    : { kind: 'code', language, text };
}

function inlines(tokens: readonly Token[] = []): Inline[] {
  return tokens.flatMap((token) => inline(known(token)));
}

function inline(token: Known): Inline[] {
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? [plain(token.text)] : inlines(token.tokens);
    case 'escape':
      return [{ kind: 'text', text: token.text }];
    case 'strong':
      return [{ kind: 'strong', children: inlines(token.tokens) }];
    case 'em':
      return [{ kind: 'emphasis', children: inlines(token.tokens) }];
    case 'del':
      return [{ kind: 'struck', children: inlines(token.tokens) }];
    case 'codespan':
      return [{ kind: 'code', text: token.text }];
    case 'br':
      return [{ kind: 'break' }];
    case 'formula':
      return [{ kind: 'formula', tex: token.tex }];
    case 'link':
      return link(token.href, inlines(token.tokens));
    case 'image':
      return link(token.href, [plain(token.text)]);
    case 'html':
      return /^<br\s*\/?>$/i.test(token.text) ? [{ kind: 'break' }] : [{ kind: 'text', text: token.text }];
    default:
      return [];
  }
}

/** A link to an https page; of any other, its text and its address as text. */
function link(address: string, children: Inline[]): Inline[] {
  const url = URL.parse(address);
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') {
    return [{ kind: 'link', href: url.href, children }];
  }
  const shown = children.some((child) => child.kind === 'text' && child.text === address);
  return shown || address === '' ? children : [...children, { kind: 'text', text: ` (${address})` }];
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

function plain(text: string): Inline {
  const decoded = text.replace(
    /&(?:(amp|lt|gt|quot|apos|nbsp)|#(\d{1,6}));/g,
    (whole, name?: string, digits?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? whole;
      const point = Number(digits);
      return point > 0 && point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
  return { kind: 'text', text: decoded };
}
