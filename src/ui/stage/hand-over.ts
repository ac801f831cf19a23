// Hands a picture to the user, either as a download from memory or through the system's share sheet. The page itself
// sends nothing.

import { saveFile } from '../kit/save-file.ts';

/** Whether the browser has a share sheet that takes pictures. */
export function canShare(): boolean {
  if (!('canShare' in navigator)) return false;
  return navigator.canShare({ files: [new File([''], 'picture.png', { type: 'image/png' })] });
}

export function savePicture(file: File): void {
  saveFile({ name: file.name, blob: file });
}

/** Opens the share sheet, and settles when it is closed. Cancelling it is not an error. */
export async function sharePicture(file: File): Promise<void> {
  try {
    await navigator.share({ files: [file] });
  } catch {
    // The user cancelled, or the system refused; the user can still save the picture.
  }
}
