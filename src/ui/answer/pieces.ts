// Splits the text of an answer into pieces that the Markdown lexer can read one at a time, each in a short task. A
// piece ends at a blank line across which no block continues; fences and JSON values are never split. The lexer's time
// grows with up to the third power of a paragraph's length, so a limit on the length is a limit on the time.

import { jsonEnd } from './read-json.ts';

export interface Piece {
  text: string;
  /** The offsets of the piece's begin and end in the answer. */
  from: number;
  end: number;
  /** Whether the lexer may read the piece. If not, the page shows the piece as plain text. */
  isReadable: boolean;
}

/** A piece ends at the first blank line after this many characters. */
const PIECE_LENGTH = 4_000;
const MAX_READ = 20_000;
const MAX_WHOLE = 200_000;
/** The text after this many characters of an answer is shown as plain text. */
const MAX_ANSWER = 200_000;
const MAX_NESTING = 16;
const MAX_BLANKS = 400;

/** The pieces of `text` from `start` on. */
export function* piecesOf(text: string, start: number): Generator<Piece> {
  let from = start;
  let at = start;
  // Whether the piece is a fence or a JSON value, which may be longer than other pieces.
  let isWhole = false;
  let mayRead = true;
  const close = (end: number): Piece => {
    const piece = { text: text.slice(from, end), from, end };
    const limit = isWhole ? MAX_WHOLE : MAX_READ;
    const isReadable = mayRead && piece.text.length <= limit;
    from = end;
    isWhole = false;
    mayRead = true;
    return { ...piece, isReadable };
  };
  while (at < text.length) {
    if (at >= MAX_ANSWER) {
      if (from < at) yield close(at);
      yield { text: text.slice(from), from, end: text.length, isReadable: false };
      return;
    }
    const lineEnd = endOfLine(text, at);
    const line = text.slice(at, Math.min(lineEnd, at + MAX_READ));
    const end = wholeEnd(text, at, line);
    if (end !== null) {
      // A long fence or value becomes a separate piece, because its length must not count against the text around it.
      if (end - at > PIECE_LENGTH) {
        if (from < at) yield close(at);
        isWhole = true;
        at = end;
        yield close(at);
      } else at = end;
      continue;
    }
    if (isHeavy(line)) mayRead = false;
    at = lineEnd;
    const isBlank = line.trim() === '';
    if (isBlank && at - from >= PIECE_LENGTH && !goesOn(text, at)) yield close(at);
  }
  if (from < text.length) yield close(text.length);
}

/** The offset at which the fence or JSON value that begins on this line ends; null if none begins here. */
function wholeEnd(text: string, at: number, line: string): number | null {
  const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
  if (fence !== undefined) {
    for (let next = endOfLine(text, at); next < text.length;) {
      const end = endOfLine(text, next);
      if (end - next < 200 && isClosing(text.slice(next, end), fence)) return end;
      next = end;
    }
    return text.length;
  }
  if (!/^ {0,3}[[{]/.test(line)) return null;
  const lead = line.length - line.trimStart().length;
  const end = jsonEnd(text.slice(at + lead));
  return end === null ? null : at + lead + end;
}

function isClosing(line: string, fence: string): boolean {
  const mark = line.trim();
  return mark.length >= fence.length && mark === fence.charAt(0).repeat(mark.length);
}

/** Whether the block before a blank line may continue after it, like a list or an indented block. */
function goesOn(text: string, at: number): boolean {
  return /^(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t]|\n)/.test(text.slice(at, at + 12));
}

/** Whether the line is nested too deeply for the lexer, or contains too many blanks in a row. */
function isHeavy(line: string): boolean {
  let depth = 0;
  let blanks = 0;
  let isLead = true;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    const isBlank = char === ' ' || char === '\t';
    blanks = isBlank ? blanks + 1 : 0;
    if (blanks > MAX_BLANKS) return true;
    if (!isLead || isBlank || /[\d.)]/.test(char)) continue;
    if (!'>-*+'.includes(char)) isLead = false;
    else if (char === '>' || line[at + 1] === ' ') depth++;
    if (depth > MAX_NESTING) return true;
  }
  return false;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}
