// What a file is that no decoder could read, by its bytes: names and types of files are often wrong. Each kind
// has a sentence of its own, which says how to get a picture of it.

import { fail, type FailureCode } from '../../failure.ts';

/** Enough for the list of parts at the start of an office document. */
const SNIFFED_BYTES = 64 * 1024;

/** The refusals of files that are no readable picture. */
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
/** How the pictures begin that every browser reads; a JPEG XL begins with neither. */
const PICTURES = ['\xff\xd8', '\x89PNG', 'GIF8', 'BM'];
/** Parts by which Office Open XML and OpenDocument files are known, all of them ZIP archives. */
const OFFICE_PARTS = ['[Content_Types].xml', 'word/', 'xl/', 'ppt/', 'mimetypeapplication/vnd.oasis'];
const OLD_OFFICE = '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1';

/** Before anything is tried: a file without bytes is no clip either. Fails with 'empty-file'. */
export function refuseEmpty(file: Blob): void {
  if (file.size === 0) fail('empty-file', 'The file has no bytes.');
}

/** Fails with the code of what the file is. */
export async function failAsUnreadable(file: Blob, cause: unknown, name = 'The file'): Promise<never> {
  const bytes = new Uint8Array(await file.slice(0, SNIFFED_BYTES).arrayBuffer());
  const code = unreadableKind(bytes);
  fail(code, `${name} cannot be decoded as a picture (${code}).`, cause);
}

/** `bytes`: the file's first ones. 'bad-photo': it begins like a picture that browsers read, so it is damaged. */
export function unreadableKind(bytes: Uint8Array): UnreadableFile {
  if (bytes.length === 0) return 'empty-file';
  const begin = latin(bytes, 0, 16);
  if (PICTURES.some((magic) => begin.startsWith(magic))) return 'bad-photo';
  if (begin.startsWith('RIFF') && begin.startsWith('WEBP', 8)) return 'bad-photo';
  if (begin.startsWith('II*\0') || begin.startsWith('MM\0*')) return 'tiff-picture';
  if (begin.startsWith('ftyp', 4)) return isoKind(bytes);
  // Readers accept some bytes before the mark.
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

/** Of the container that HEIC and AVIF share with MP4: its first box lists what the file may be read as. */
function isoKind(bytes: Uint8Array): UnreadableFile {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= Math.min(length, bytes.length); at += 4) {
    if (at !== 12) brands.push(latin(bytes, at, 4)); // 12: a version number
  }
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return 'bad-photo';
  return brands.some((brand) => HEIC_BRANDS.has(brand)) ? 'heic-photo' : 'not-a-picture';
}

/** Undefined if it has bytes that text has not. */
function textOf(bytes: Uint8Array): string | undefined {
  const isWide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const encoding = !isWide ? 'utf-8' : bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  try {
    // As a stream: the last character may be cut.
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
