// Saves a file for the user through the browser's download, from memory and without a request.

import type { SavedFile } from './export-markdown.ts';

export function saveFile({ name, blob }: SavedFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // A download that has begun keeps the bytes, but the browser does not report the beginning, so wait a minute.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
