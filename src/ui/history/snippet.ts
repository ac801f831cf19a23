// Where a search hit stands: some words around it.

/** Characters before the hit, and all in all. */
const BEFORE = 24;
const LENGTH = 90;

/** The part of `text` around the first of `words` that stands in it, on one line; '' if none does. Case is ignored. */
export function snippet(text: string, words: readonly string[]): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const plain = line.toLowerCase();
  const hits = words.filter((word) => word !== '').map((word) => plain.indexOf(word.toLowerCase()));
  const at = Math.min(...hits.filter((hit) => hit >= 0));
  if (!Number.isFinite(at)) return '';
  const from = at <= BEFORE ? 0 : at - BEFORE;
  const cut = line.slice(from, from + LENGTH);
  return `${from > 0 ? '…' : ''}${cut}${from + LENGTH < line.length ? '…' : ''}`;
}
