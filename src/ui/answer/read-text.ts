// Extracts the text that a model read from a picture, for copying: without JSON, tags and Markdown.

import { spokenText, type PlacedBlock } from './blocks.ts';

const TEXTS = ['text_content', 'text'];
const ASKS_TO_READ = /\b(read|transcribe|ocr|text|written|says?)\b|文字|读出|读一|识别|写了|写着|抄/i;
const LINE_END = /<br\s*\/?>|<\/(?:p|div|h[1-6]|li|tr|table)>/gi;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: ' ' };

/** Returns null if the answer contains no text from a picture. */
export function readText(blocks: readonly PlacedBlock[], question: string): string | null {
  const isAsked = ASKS_TO_READ.test(question);
  const pieces = blocks.map(({ block }) => {
    if (block.kind === 'data') return { text: texts(block.value).join('\n'), isRead: true };
    if (block.kind === 'code' && block.language === 'html') return { text: plain(block.text), isRead: true };
    if (block.kind === 'code') return { text: block.text, isRead: false };
    return { text: spokenText(block), isRead: false };
  });
  // If there is text in data or HTML, the sentences around it are only comments on it.
  const read = pieces.filter(({ text, isRead }) => isRead && text !== '');
  const chosen = read.length > 0 ? read : isAsked ? pieces : [];
  const text = chosen
    .map((piece) => piece.text)
    .join('\n\n')
    .trim();
  return text === '' ? null : text;
}

function texts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(texts);
  if (typeof value !== 'object' || value === null) return [];
  const own = Object.entries(value).filter(([key, one]) => TEXTS.includes(key) && typeof one === 'string');
  if (own.length > 0) return [String(own[0]?.[1])];
  return Object.values(value).flatMap(texts);
}

function plain(html: string): string {
  return html
    .replace(LINE_END, '\n')
    .replace(/<[^>]*>/g, '')
    .replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)
    .replace(/[ \t]*\n\s*/g, '\n')
    .trim();
}
