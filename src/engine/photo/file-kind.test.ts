import { expect, test } from 'vitest';
import { unreadableKind } from './file-kind.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const iso = (major: string, ...others: string[]): Uint8Array =>
  bytes(`\0\0\0${String.fromCharCode(16 + 4 * others.length)}ftyp${major}\0\0\0\0${others.join('')}then`);

test.each([
  ['nothing', '', 'empty-file'],
  ['a JPEG that is cut off', '\xff\xd8\xff\xe0', 'bad-photo'],
  ['a PNG that is cut off', '\x89PNG\r\n', 'bad-photo'],
  ['a WebP that is cut off', 'RIFF\0\0\0\0WEBPVP8 ', 'bad-photo'],
  ['a TIFF of Intel’s byte order', 'II*\0\x08\0\0\0', 'tiff-picture'],
  ['a TIFF of Motorola’s byte order', 'MM\0*\0\0\0\x08', 'tiff-picture'],
  ['a PDF', '%PDF-1.7\n%\xe2\xe3', 'pdf-file'],
  ['a PDF after a byte order mark', '\xef\xbb\xbf%PDF-1.4', 'pdf-file'],
  ['a Word document', 'PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml', 'office-file'],
  ['an OpenDocument', 'PK\x03\x04\x14\0\0\0mimetypeapplication/vnd.oasis.opendocument.text', 'office-file'],
  ['an old Word document', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0', 'office-file'],
  ['a ZIP archive of something else', 'PK\x03\x04\x14\0\0\0holiday.jpg', 'not-a-picture'],
  ['a drawing', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'svg-drawing'],
  ['a drawing with a head', '<?xml version="1.0"?>\n<!-- by hand -->\n<svg width="4">', 'svg-drawing'],
  ['a web page', '<!doctype html><html><svg></svg>', 'text-file'],
  ['text', 'Dear diary,\n', 'text-file'],
  ['text beyond ASCII, cut in a character', '\xe4\xbd\xa0\xe5\xa5', 'text-file'],
  ['text of two bytes each', '\xff\xfeh\0i\0', 'text-file'],
  ['a program', '\x7fELF\x02\x01\x01\0', 'not-a-picture'],
  ['a JPEG XL', '\xff\x0a\xfa\x1f\x01', 'not-a-picture'],
])('%s', (_, text, kind) => {
  expect(unreadableKind(bytes(text))).toBe(kind);
});

test('an ISO file is of the kind that its brands name', () => {
  expect(unreadableKind(iso('heic', 'mif1'))).toBe('heic-photo');
  expect(unreadableKind(iso('mif1', 'heic'))).toBe('heic-photo');
  // A damaged AVIF is not reported as HEIC, although both use the same container.
  expect(unreadableKind(iso('mif1', 'avif'))).toBe('bad-photo');
  expect(unreadableKind(iso('isom', 'mp42'))).toBe('not-a-picture');
  // The list of brands ends where its box ends.
  expect(unreadableKind(bytes('\0\0\0\x14ftypisom\0\0\0\0mp42avif'))).toBe('not-a-picture');
});
