// Parses JSON in the form in which models write it: it may be unfinished, or have Python's quotes. Complete entries are
// used.

import { jsonrepair } from 'jsonrepair';

const MAX_LENGTH = 200_000;
const MAX_REPAIRED = 30_000;
const MAX_DEPTH = 40;

/**
 * Parses a text that begins with a bracket. Returns the whole value or, if the text breaks off, the value up to its
 * last complete entry. Returns undefined if nothing can be parsed.
 */
export function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_LENGTH || isTooDeep(text)) return undefined;
  const written = text.slice(0, lastEntryEnd(text));
  // Repairing takes long, so a long text only gets the missing brackets: usually only its end is missing.
  if (text.length > MAX_REPAIRED) return parse(text) ?? parse(`${written}]`) ?? parse(`${written}]}`);
  return parse(text) ?? parseRepaired(written);
}

/**
 * Whether the text has too many open brackets. Brackets in strings count as well, which does no harm: no real list has
 * that many.
 */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** The offset after the last complete entry: an object or, if there are no objects, an inner list or a value. */
function lastEntryEnd(text: string): number {
  if (text.includes('{')) return text.lastIndexOf('}') + 1;
  const isFlat = text.indexOf('[') === text.lastIndexOf('[');
  return Math.max(text.lastIndexOf(']') + 1, isFlat ? text.lastIndexOf(',') : 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function parseRepaired(text: string): unknown {
  try {
    return text === '' ? undefined : parse(jsonrepair(text));
  } catch {
    return undefined;
  }
}

/**
 * The offset at which the JSON at the start of `text` ends; `text.length` if the JSON is unfinished, null if `text`
 * does not begin with JSON. A lone `[` is more often a link or a footnote than a list, unless nothing follows it (so
 * far). An empty list or object counts only on a line of its own.
 */
export function jsonEnd(text: string): number | null {
  const empty = /^(\[\s*\]|\{\s*\})[ \t]*(?=\n|$)/.exec(text)?.[0];
  if (empty !== undefined) return empty.length;
  if (!/^(\[\s*([[{"']|$)|\{\s*(["']|$))/.test(text)) return null;
  return closingEnd(text) ?? text.length;
}

/** Whether `text` begins with a list or an object that is not closed. */
export function breaksOff(text: string): boolean {
  const trimmed = text.trim();
  return /^[[{]/.test(trimmed) && closingEnd(trimmed) === null;
}

/** The offset at which the list or object at the start of `text` ends; null if it is not closed. */
function closingEnd(text: string): number | null {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"') quote = char;
    // An apostrophe is a quote only in a position in which a Python string may begin.
    else if (char === "'" && /[[{,:]\s*$/.test(text.slice(Math.max(0, at - 8), at))) quote = char;
    else if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return at + 1;
  }
  return null;
}
