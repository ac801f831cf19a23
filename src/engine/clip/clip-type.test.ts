import { expect, test } from 'vitest';
import { clipType } from './clip-type.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const box = (type: string, brand: string): Uint8Array => bytes(`\0\0\0\x18${type}${brand}`);
const webp = (flags: string): Uint8Array => bytes(`RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0${flags}\0\0\0`);
const png = (...chunks: string[]): Uint8Array =>
  bytes(`\x89PNG\r\n\x1a\n${chunks.map((type) => `\0\0\0\x02${type}ab1234`).join('')}`);

test('video files are known by their containers', () => {
  expect(clipType(bytes('\x1a\x45\xdf\xa3 webm'))).toBe('video');
  for (const brand of ['isom', 'mp42', 'avc1', 'qt  ', 'M4V '])
    expect(clipType(box('ftyp', brand))).toBe('video');
  for (const type of ['moov', 'mdat', 'wide']) expect(clipType(box(type, '    '))).toBe('video');
});

test('photos in the container of videos are no clips', () => {
  for (const brand of ['avif', 'heic', 'mif1']) expect(clipType(box('ftyp', brand))).toBeUndefined();
  expect(clipType(box('ftyp', 'avis'))).toBe('image/avif');
});

test('pictures that may be animated are distinguished from the others', () => {
  expect(clipType(bytes('GIF89a'))).toBe('image/gif');
  expect(clipType(webp('\x02'))).toBe('image/webp');
  expect(clipType(webp('\x12'))).toBe('image/webp');
  expect(clipType(webp('\x10'))).toBeUndefined();
  expect(clipType(png('IHDR', 'iCCP', 'acTL', 'IDAT'))).toBe('image/png');
  expect(clipType(png('IHDR', 'IDAT', 'acTL'))).toBeUndefined();
});

test('other files, and files cut off, are no clips', () => {
  for (const text of ['', 'G', '\xff\xd8\xff\xe0', '<html>', 'RIFF', '\x89PNG', 'RIFF\0\0\0\0WEBPVP8X']) {
    expect(clipType(bytes(text))).toBeUndefined();
  }
});
