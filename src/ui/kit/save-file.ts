// Saves a file for the user through the browser's download, from memory and without a request.

export interface SavedFile {
  /** The file name, without a folder. */
  name: string;
  blob: Blob;
}

export function saveFile({ name, blob }: SavedFile): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // A download that has begun keeps the bytes. The browser does not report that it has begun, so this waits a minute.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
