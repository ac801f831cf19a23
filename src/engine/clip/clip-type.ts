// Finds out from the first bytes of a file whether it is a clip, because names and types of files are often wrong or
// missing.

/** A video file, or a kind of picture that may be animated; only a decoder can decide whether it is. */
export type ClipType = 'video' | 'image/gif' | 'image/webp' | 'image/png' | 'image/avif';

/** The brands of still pictures in the container that MP4 and QuickTime use as well. */
const PICTURE_BRANDS = new Set(['avif', 'heic', 'heix', 'heim', 'heis', 'mif1', 'miaf']);
/** Types of the first box in a QuickTime file that has no brand. */
const QUICKTIME = new Set(['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']);
const EBML = '\x1a\x45\xdf\xa3';
const ANIMATED_WEBP = 0x02;

/** Returns undefined for a still picture and for a file that is not a picture. */
export function clipType(header: Uint8Array): ClipType | undefined {
  if (text(header, 0, 4) === 'GIF8') return 'image/gif';
  if (text(header, 0, 4) === EBML) return 'video';
  if (text(header, 0, 4) === 'RIFF' && text(header, 8, 8) === 'WEBPVP8X') {
    return (header[20]! & ANIMATED_WEBP) === 0 ? undefined : 'image/webp';
  }
  if (text(header, 0, 4) === '\x89PNG') return isAnimatedPng(header) ? 'image/png' : undefined;
  const box = text(header, 4, 4);
  if (box === 'ftyp') {
    const brand = text(header, 8, 4);
    if (brand === 'avis') return 'image/avif';
    return PICTURE_BRANDS.has(brand) ? undefined : 'video';
  }
  return QUICKTIME.has(box) ? 'video' : undefined;
}

/** Whether a PNG file is animated: then the chunk that announces the animation comes before the pixels. */
function isAnimatedPng(header: Uint8Array): boolean {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  for (let at = 8; at + 8 <= header.length; at += 12 + view.getUint32(at)) {
    const chunk = text(header, at + 4, 4);
    if (chunk === 'acTL') return true;
    if (chunk === 'IDAT') return false;
  }
  return false;
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
