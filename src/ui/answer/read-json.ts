// JSON as models write it: perhaps unfinished, perhaps in Python's quotes. What is complete is read.

import { jsonrepair } from 'jsonrepair';

/**
 * The value of a text that begins with a bracket: whole, or up to its last complete object where it
 * breaks off; undefined where there is none.
 */
export function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  return parse(text) ?? parseRepaired(text.slice(0, text.lastIndexOf('}') + 1));
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
 * Where the JSON that `text` begins with ends; its length where it is unfinished, null where none begins.
 * A lone `[` is more often a link or a footnote than a list.
 */
export function jsonEnd(text: string): number | null {
  if (!/^(\[\s*[[{"']|\{\s*["'])/.test(text)) return null;
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"') quote = char;
    // An apostrophe is a quote only where a Python string may begin.
    else if (char === "'" && /[[{,:]\s*$/.test(text.slice(Math.max(0, at - 8), at))) quote = char;
    else if (char === '[' || char === '{') depth++;
    else if ((char === ']' || char === '}') && --depth === 0) return at + 1;
  }
  return text.length;
}
