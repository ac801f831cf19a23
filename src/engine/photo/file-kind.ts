// Identifies a file that could not be decoded by its bytes, because names and types of files are often wrong. Each kind
// has its own failure code, whose message explains how to get a picture from such a file.

import { fail, type FailureCode } from '../../failure.ts';

/** The number of bytes to look at: enough for the list of parts at the start of an office document. */
const SNIFFED_BYTES = 64 * 1024;

/** The failure codes for files that are no readable picture. */
export type UnreadableFile = Extract<
  FailureCode,
  | 'empty-file'
  | 'heic-photo'
  | 'pdf-file'
  | 'office-file'
  | 'svg-drawing'
  | 'tiff-picture'
  | 'text-file'
  | 'not-a-picture'
  | 'bad-photo'
>;

const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'hevm', 'hevs', 'mif1', 'msf1']);
const AVIF_BRANDS = new Set(['avif', 'avis']);
/** The first bytes of the pictures that every browser reads; a JPEG XL file begins with none of them. */
const PICTURES = ['\xff\xd8', '\x89PNG', 'GIF8', 'BM'];
/** Entries that identify Office Open XML and OpenDocument files, all of which are ZIP archives. */
const OFFICE_PARTS = ['[Content_Types].xml', 'word/', 'xl/', 'ppt/', 'mimetypeapplication/vnd.oasis'];
const OLD_OFFICE = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

/** Called before any decoder, because an empty file is not a clip either. Fails with 'empty-file'. */
export function refuseEmpty(file: Blob): void {
  if (file.size === 0) fail('empty-file', 'The file has no bytes.');
}

/** Fails with the code for the file's kind. */
export async function failAsUnreadable(file: Blob, cause: unknown, name = 'The file'): Promise<never> {
  const bytes = new Uint8Array(await file.slice(0, SNIFFED_BYTES).arrayBuffer());
  const code = unreadableKind(bytes);
  fail(code, `${name} cannot be decoded as a picture (${code}).`, cause);
}

/**
 * `bytes`: the file's first bytes. 'bad-photo' means that the file begins like a picture that browsers read, so it must
 * be damaged.
 */
export function unreadableKind(bytes: Uint8Array): UnreadableFile {
  if (bytes.length === 0) return 'empty-file';
  const begin = latin(bytes, 0, 16);
  if (PICTURES.some((magic) => begin.startsWith(magic))) return 'bad-photo';
  if (begin.startsWith('RIFF') && begin.startsWith('WEBP', 8)) return 'bad-photo';
  if (begin.startsWith('II*\0') || begin.startsWith('MM\0*')) return 'tiff-picture';
  if (begin.startsWith('ftyp', 4)) return isoKind(bytes);
  // PDF readers accept some bytes before this signature.
  if (latin(bytes, 0, 1024).includes('%PDF-')) return 'pdf-file';
  if (begin.startsWith(OLD_OFFICE)) return 'office-file';
  if (begin.startsWith('PK\x03\x04')) {
    const parts = latin(bytes, 0, SNIFFED_BYTES);
    return OFFICE_PARTS.some((part) => parts.includes(part)) ? 'office-file' : 'not-a-picture';
  }
  const text = textOf(bytes);
  if (text === undefined) return 'not-a-picture';
  return /^\s*<[^]*<svg[\s>]|^\s*<svg[\s>]/i.test(text) && !/<html/i.test(text) ? 'svg-drawing' : 'text-file';
}

/**
 * The kind of a file in the container that HEIC and AVIF share with MP4; its first box lists the formats that
 * the file conforms to.
 */
function isoKind(bytes: Uint8Array): UnreadableFile {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= Math.min(length, bytes.length); at += 4) {
    if (at !== 12) brands.push(latin(bytes, at, 4)); // a version number is at 12
  }
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return 'bad-photo';
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? 'heic-photo' : 'not-a-picture';
}

/** Undefined if the file has bytes that do not occur in text. */
function textOf(bytes: Uint8Array): string | undefined {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = !isWide ? 'utf-8' : bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    // Decode as a stream, because the last character may be cut off.
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    // eslint-disable-next-line no-control-regex -- Control characters are what tells other files from text.
    return /[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function latin(bytes: Uint8Array, at: number, length: number): string {
  let text = '';
  for (const byte of bytes.subarray(at, at + length)) text += String.fromCharCode(byte);
  return text;
}
