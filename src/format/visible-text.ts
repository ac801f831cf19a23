// Text of strangers inside our sentences: a name from a link, a file, a package. Characters that are not seen but turn
// the text around them, as U+202E does, are written out, so that a name cannot make a host read as another one.

/** Controls, and what sets or isolates a direction; not the joiners that scripts and emoji need. */
const UNSEEN =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** On one line, with each unseen control as its code point. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (control) => {
    if (control === '\n' || control === '\t' || control === '\r') return ' ';
    const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `[U+${code}]`;
  });
}
