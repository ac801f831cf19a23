// Hands a picture to the person: as a download from memory, or by the system's own share sheet. Nothing is sent by
// the page itself.

import { saveFile } from '../history/save-file.ts';

/** Whether the browser has a share sheet that takes pictures. */
export function canShare(): boolean {
  if (!('canShare' in navigator)) return false;
  return navigator.canShare({ files: [new File([''], 'picture.png', { type: 'image/png' })] });
}

export function savePicture(file: File): void {
  saveFile({ name: file.name, blob: file });
}

/** Settles when the sheet is closed; a person who closes it wanted nothing else. */
export async function sharePicture(file: File): Promise<void> {
  try {
    await navigator.share({ files: [file] });
  } catch {
    // Cancelled, or the system refused: the picture can still be saved.
  }
}
