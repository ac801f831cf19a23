// Sentences for a screen reader, each handed out once when it is finished: text that is still being
// written would be stuttered.

/** Ends: a full stop with a blank after it, its wide forms alone, or a line's end. */
const END = /[.!?…]+["'”’)\]]*(?=\s)|[。！？]+["”’）」]*|\n+/g;

export class Sentences {
  #spoken = 0;

  /** The finished sentences of `text` that were not handed out yet, joined; '' where there is none. */
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
