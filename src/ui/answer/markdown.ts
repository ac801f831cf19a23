// Parses Markdown into blocks. Uses the lexer of marked and translates its tokens one by one, so that only the kinds
// listed here can reach the page. HTML is shown as text, and pictures become their descriptions. Text that is nested
// too deeply or would take the lexer too long is shown as plain text.

import { Marked, type MarkedToken, type Token, type Tokens, type TokensList } from 'marked';
import { visibleText } from '../../format/visible-text.ts';
import type { Block, Inline, ListItem, PlacedBlock } from './blocks.ts';
import { piecesOf, type Piece } from './pieces.ts';
import { breaksOff, jsonEnd, readJson } from './read-json.ts';
import { SYNTAX, type DataToken, type FormulaToken } from './syntax.ts';

type Known = MarkedToken | FormulaToken | DataToken;

/** Link definitions by label, in the lexer's form. */
export type LinkNames = TokensList['links'];

const marked = new Marked({ gfm: true, breaks: true, extensions: SYNTAX });

/** Limits of the lexer's time, which grows with up to the third power of the length and of the number of delimiters. */
const MAX_INLINE_LENGTH = 8_000;
const MAX_DELIMITERS = 250;
const MAX_DEPTH = 16;
const MAX_LINK_NAMES = 200;
const DEFINITIONS = /^ {0,3}\[[^\]\n]{1,200}\]:.*$/gm;

/** `from` is the offset of `text` in the answer. */
export function readMarkdown(text: string, from = 0): PlacedBlock[] {
  const links = linkNames(text);
  return Array.from(piecesOf(text, 0)).flatMap((piece) =>
    readPiece({ ...piece, from: piece.from + from }, links),
  );
}

export function readPiece({ text, from, isReadable }: Piece, links: LinkNames): PlacedBlock[] {
  const asWritten: PlacedBlock[] = text.trim() === '' ? [] : [{ at: from, block: { kind: 'plain', text } }];
  if (!isReadable) return asWritten;
  try {
    return read(text, from, links);
  } catch (error) {
    // The text is nested too deeply, and the lexer ran out of stack.
    if (error instanceof RangeError) return asWritten;
    throw error;
  }
}

/** The link definitions of a text, at most the first MAX_LINK_NAMES of them. */
export function linkNames(text: string): LinkNames {
  const lines = Array.from(text.matchAll(DEFINITIONS), ([line]) => line).slice(0, MAX_LINK_NAMES);
  if (lines.length === 0) return Object.create(null) as LinkNames;
  const lexer = new marked.Lexer(marked.defaults);
  lexer.blockTokens(lines.join('\n'), lexer.tokens);
  return lexer.tokens.links;
}

function read(text: string, from: number, links: LinkNames): PlacedBlock[] {
  const lexer = new marked.Lexer(marked.defaults);
  lexer.tokens.links = { ...links };
  lexer.blockTokens(text.replaceAll('\r\n', '\n'), lexer.tokens);
  for (const { src, tokens } of lexer.inlineQueue) {
    if (isQuick(src)) lexer.inlineTokens(src, tokens);
    else tokens.push({ type: 'escape', raw: src, text: src });
  }
  let at = from;
  const placed: PlacedBlock[] = [];
  for (const token of lexer.tokens) {
    // The lexer may include the blank lines before a block in its token.
    const start = at + (/^\s*\n/.exec(token.raw)?.[0].length ?? 0);
    placed.push(...blocksOf(known(token), 0).map((block) => ({ at: start, block })));
    at += token.raw.length;
  }
  return placed;
}

function isQuick(text: string): boolean {
  if (text.length > MAX_INLINE_LENGTH) return false;
  let delimiters = 0;
  for (const char of text) if ('*_~[<`'.includes(char) && ++delimiters > MAX_DELIMITERS) return false;
  return true;
}

/**
 * Narrows the lexer's type `Token`, which admits the tokens of any extension, to `Known`: the lexer's own tokens and
 * ours.
 */
function known(token: Token): Known {
  return token as Known;
}

function blocks(tokens: readonly Token[], depth: number): Block[] {
  return tokens.flatMap((token) => blocksOf(known(token), depth));
}

function blocksOf(token: Known, depth: number): Block[] {
  if (depth > MAX_DEPTH) return [{ kind: 'plain', text: token.raw }];
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
      return [{ kind: 'quote', blocks: blocks(token.tokens, depth + 1) }];
    case 'list':
      return [
        {
          kind: 'list',
          start: token.ordered ? (token.start === '' ? 1 : token.start) : null,
          items: token.items.map((one) => item(one, depth + 1)),
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

/** The model announces figures and tables of a document as `<!-- Image (x1, y1, x2, y2) -->`. */
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

function item(token: Tokens.ListItem, depth: number): ListItem {
  return { checked: token.task ? token.checked === true : null, blocks: blocks(token.tokens, depth) };
}

function table({ align, header, rows }: Tokens.Table): Block {
  const cells = (row: readonly Tokens.TableCell[]): Inline[][] => row.map((cell) => inlines(cell.tokens));
  return { kind: 'table', align, header: cells(header), rows: rows.map(cells) };
}

function code({ lang = '', text, raw }: Tokens.Code): Block {
  const language = lang.trim().toLowerCase().split(/\s/)[0] ?? '';
  if (language !== '' && !language.startsWith('json')) return { kind: 'code', language, text };
  const fence = /^\s*(`{3,}|~{3,})/.exec(raw)?.[1];
  const lastLine = raw.trimEnd().split('\n').at(-1)?.trim() ?? '';
  const isClosed = fence !== undefined && raw.includes('\n') && lastLine.startsWith(fence);
  if (language !== '' && /^(null|none)?$/i.test(text.trim())) {
    return { kind: 'data', text, value: isClosed ? null : undefined, breaksOff: !isClosed };
  }
  return data(text, language);
}

/** A data block if the text is JSON, even if its end is not written yet; otherwise a code block. */
function data(text: string, language = ''): Block {
  const value = readJson(text);
  const isBroken = breaksOff(text);
  if (value !== undefined) return { kind: 'data', text, value, breaksOff: isBroken };
  return isBroken && (language !== '' || jsonEnd(text.trim()) !== null)
    ? { kind: 'data', text, value: undefined, breaksOff: true }
    : { kind: 'code', language, text };
}

function inlines(tokens: readonly Token[] = [], depth = 0): Inline[] {
  return tokens.flatMap((token) => inline(known(token), depth));
}

function inline(token: Known, depth: number): Inline[] {
  if (depth > MAX_DEPTH) return [{ kind: 'text', text: token.raw }];
  switch (token.type) {
    case 'text':
      return token.tokens === undefined ? [plain(token.text)] : inlines(token.tokens, depth + 1);
    case 'escape':
      return [{ kind: 'text', text: token.text }];
    case 'strong':
      return [{ kind: 'strong', children: inlines(token.tokens, depth + 1) }];
    case 'em':
      return [{ kind: 'emphasis', children: inlines(token.tokens, depth + 1) }];
    case 'del':
      return [{ kind: 'struck', children: inlines(token.tokens, depth + 1) }];
    case 'codespan':
      return [{ kind: 'code', text: token.text }];
    case 'br':
      return [{ kind: 'break' }];
    case 'formula':
      return [{ kind: 'formula', tex: token.tex }];
    case 'link':
      return link(token.href, inlines(token.tokens, depth + 1));
    case 'image':
      return link(token.href, [plain(token.text)]);
    case 'html':
      return /^<br\s*\/?>$/i.test(token.text) ? [{ kind: 'break' }] : [{ kind: 'text', text: token.text }];
    default:
      return [];
  }
}

/** A link if the address is https without credentials; otherwise the link's text, followed by the address as text. */
function link(address: string, children: Inline[]): Inline[] {
  const url = URL.parse(address);
  if (url?.protocol === 'https:' && url.username === '' && url.password === '') {
    return [{ kind: 'link', href: url.href, children }];
  }
  const shown = children.some((child) => child.kind === 'text' && child.text === address);
  return shown || address === ''
    ? children
    : [...children, { kind: 'text', text: ` (\u2068${visibleText(address)}\u2069)` }];
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
