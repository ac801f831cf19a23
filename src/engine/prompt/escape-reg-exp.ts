// RegExp.escape is not in every browser yet.

/** The text as a regular expression that matches it. */
export function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
