// Returns each sentence of a growing text once, when it is complete. A screen reader would stutter if it were given
// text that is still being written.

/** Matches the end of a sentence: a full stop before a blank, a full-width stop, or the end of a line. */
const END = /[.!?…]+["'”’)\]]*(?=\s)|[。！？]+["”’）」]*|\n+/g;

export class Sentences {
  #spoken = 0;

  /** The complete sentences of `text` that were not returned yet, joined; '' if there are none. */
  next(text: string, ended: boolean): string {
    const end = ended ? text.length : lastEnd(text);
    if (end <= this.#spoken) return '';
    const fresh = text.slice(this.#spoken, end).replace(/\s+/g, ' ').trim();
    this.#spoken = end;
    return fresh;
  }
}

function lastEnd(text: string): number {
  let end = 0;
  for (const match of text.matchAll(END)) end = match.index + match[0].length;
  return end;
}
