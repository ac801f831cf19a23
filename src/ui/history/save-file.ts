// Hands a file to the person: the browser's own download, from memory; no request is made.

import type { SavedFile } from './export-markdown.ts';

export function saveFile({ name, blob }: SavedFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The download has its own hold of the bytes once it has begun, which is not told.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
