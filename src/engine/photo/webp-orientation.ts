// Reads the EXIF orientation of WebP pictures. Browsers ignore it (Chromium 156, Firefox 153); the reference's decoder
// applies it, and so do phones' galleries. Browsers themselves turn JPEG, PNG and AVIF.

const EXIF_FLAG = 0x08;
const ORIENTATION = 0x0112;
const SHORT = 3;

/** Numbered as in EXIF: 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** The stored picture, marked as upright so that no browser turns it as well, and the orientation to apply. */
export interface StoredPicture {
  file: Blob;
  orientation: Orientation;
}

/** `header`: the file's first bytes. Returns undefined for another format, and for a WebP that is upright. */
export async function turnedWebp(file: Blob, header: Uint8Array): Promise<StoredPicture | undefined> {
  if (!starts(header, 0, 'RIFF') || !starts(header, 8, 'WEBPVP8X')) return undefined;
  if ((header[20]! & EXIF_FLAG) === 0) return undefined;
  const view = new DataView(await file.arrayBuffer());
  const at = orientationAt(view);
  if (at === undefined) return undefined;
  const { offset, isLittle, orientation } = at;
  if (orientation < 2 || orientation > 8) return undefined;
  view.setUint16(offset, 1, isLittle);
  return { file: new Blob([view], { type: 'image/webp' }), orientation: orientation as Orientation };
}

interface Place {
  offset: number;
  isLittle: boolean;
  orientation: number;
}

/** Finds the place of the orientation in the file; undefined if the file has none, or if its metadata is damaged. */
function orientationAt(view: DataView): Place | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  // RIFF chunks begin at even offsets.
  for (let at = 12; at + 8 <= bytes.length; at += 8 + Math.ceil(view.getUint32(at + 4, true) / 2) * 2) {
    if (!starts(bytes, at, 'EXIF')) continue;
    // Some writers keep the prefix that JPEG requires.
    const prefix = starts(bytes, at + 8, 'Exif\0\0') ? 6 : 0;
    return orientationInTiff(view, at + 8 + prefix);
  }
  return undefined;
}

function orientationInTiff(view: DataView, start: number): Place | undefined {
  try {
    const isLittle = view.getUint16(start) === 0x4949;
    const directory = start + view.getUint32(start + 4, isLittle);
    const count = view.getUint16(directory, isLittle);
    for (let entry = 0; entry < count; entry++) {
      const at = directory + 2 + entry * 12;
      if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
      if (view.getUint16(at + 2, isLittle) !== SHORT) return undefined;
      return { offset: at + 8, isLittle, orientation: view.getUint16(at + 8, isLittle) };
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // the metadata ends too early
    throw error;
  }
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
