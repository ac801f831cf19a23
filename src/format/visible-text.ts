// Makes foreign text (a name from a link, a file or a package) safe to show inside the app's own sentences. Writes out
// invisible characters that reorder the text around them, such as U+202E, so that a name cannot make one host look like
// another.

/**
 * Control characters, and characters that set or isolate a text direction. Leaves out the joiners that scripts and
 * emoji need.
 */
const UNSEEN =
  /[\p{Cc}\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

/** Returns the text on one line, with each invisible control character replaced by its code point. */
export function visibleText(text: string): string {
  return text.replace(UNSEEN, (control) => {
    if (control === '\n' || control === '\t' || control === '\r') return ' ';
    const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return `[U+${code}]`;
  });
}
