// Cuts out the text around a search hit.

/** The number of characters before the hit, and in total. */
const BEFORE = 24;
const LENGTH = 90;

/** The part of `text` around the first hit of any of `words`, on one line; '' if there is none. Case is ignored. */
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
