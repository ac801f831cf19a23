// Reads the size of a photo from the first bytes of its file, so that an enormous one is refused before a decoder
// unpacks it. Returns undefined for a format or header that it does not understand; then the decoder decides.

import { type Size } from './photo.ts';

/** The stored size, before any EXIF rotation. Reads PNG, JPEG, WebP, GIF and BMP. */
export function readPhotoSize(header: Uint8Array): Size | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  try {
    if (starts(header, 0, '\x89PNG')) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (starts(header, 0, 'GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (starts(header, 0, 'BM')) {
      return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
    }
    if (starts(header, 0, 'RIFF') && starts(header, 8, 'WEBP')) return webpSize(header, view);
    if (starts(header, 0, '\xff\xd8')) return jpegSize(view);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // the header ends too early
    throw error;
  }
}

function webpSize(header: Uint8Array, view: DataView): Size | undefined {
  if (starts(header, 12, 'VP8X')) {
    const uint24 = (at: number): number => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
    return { width: uint24(24) + 1, height: uint24(27) + 1 };
  }
  if (starts(header, 12, 'VP8L')) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (starts(header, 12, 'VP8 ')) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  return undefined;
}

/** Walks the segments to the start of a frame (SOF0 … SOF15, except DHT, JPG and DAC). */
function jpegSize(view: DataView): Size {
  let at = 2;
  for (;;) {
    while (view.getUint8(at) === 0xff) at++; // markers may be padded
    const marker = view.getUint8(at++);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) return { height: view.getUint16(at + 3), width: view.getUint16(at + 5) };
    at += view.getUint16(at);
  }
}

function starts(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}
