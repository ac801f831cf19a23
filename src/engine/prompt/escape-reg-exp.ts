// Escapes text for regular expressions, because not every browser has RegExp.escape yet.

/** The source of a regular expression that matches exactly this text. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
