// Files that users may drop on the page, made on demand: damaged, enormous, or of odd kinds.

import { Buffer } from 'node:buffer';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import type { UnreadableFile } from '../../../src/engine/photo/file-kind.ts';
import { random } from '../support/random.ts';

export interface Dropped {
  name: string;
  mimeType: string;
  buffer: Buffer;
  /** The expected result: the page accepts the file, or refuses it with the sentence of this failure. */
  then: 'taken' | UnreadableFile | 'bad-clip' | 'photo-too-large' | 'photo-too-narrow';
}

/** All files of the table. */
export async function badPictures(): Promise<Dropped[]> {
  const jpeg = await scene().jpeg().toBuffer();
  const file = (name: string, mimeType: string, buffer: Buffer, then: Dropped['then']): Dropped => ({
    name,
    mimeType,
    buffer,
    then,
  });
  const corrupt = Buffer.from(jpeg);
  corrupt.fill(0xff, 2, 300);
  return [
    file('empty.jpg', 'image/jpeg', Buffer.alloc(0), 'empty-file'),
    file('page.jpg', 'image/jpeg', Buffer.from('<!doctype html><title>Log in</title>'), 'text-file'),
    file('letter.pdf', 'application/pdf', Buffer.from('%PDF-1.7\n%\xe2\xe3\n', 'latin1'), 'pdf-file'),
    file(
      'letter.docx',
      '',
      Buffer.from('PK\x03\x04\x14\0\x06\0[Content_Types].xml', 'latin1'),
      'office-file',
    ),
    file('archive.jpg', 'image/jpeg', Buffer.from('PK\x03\x04\x14\0\0\0a.txt', 'latin1'), 'not-a-picture'),
    file('truncated.png', 'image/png', (await scene().png().toBuffer()).subarray(0, 200), 'bad-photo'),
    file('corrupt.jpg', 'image/jpeg', corrupt, 'bad-photo'),
    file(
      'drawing.svg',
      'image/svg+xml',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
      'svg-drawing',
    ),
    file('scan.tiff', 'image/tiff', await scene().tiff().toBuffer(), 'tiff-picture'),
    file('phone.heic', 'image/heic', isoFile('heic'), 'heic-photo'),
    file('film.mov', 'video/quicktime', isoFile('qt  '), 'bad-clip'),
    file('256-megapixels.png', 'image/png', blankPng(16_000, 16_000), 'photo-too-large'),
    file('900-megapixels.png', 'image/png', blankPng(30_000, 30_000), 'photo-too-large'),
    file('strip.png', 'image/png', blankPng(20_000, 10), 'photo-too-narrow'),
    file('100-megapixels.png', 'image/png', blankPng(10_000, 10_000), 'taken'),
    file('print.jpg', 'image/jpeg', await scene().toColourspace('cmyk').jpeg().toBuffer(), 'taken'),
    file('deep.png', 'image/png', await scene().toColourspace('rgb16').png().toBuffer(), 'taken'),
    file('new.avif', 'image/avif', await scene().avif({ effort: 0 }).toBuffer(), 'taken'),
    file('new.webp', 'image/webp', await scene().webp().toBuffer(), 'taken'),
    file('moving.gif', 'image/gif', await movingGif(), 'taken'),
    file(
      'turned.jpg',
      'image/jpeg',
      await scene().withMetadata({ orientation: 6 }).jpeg().toBuffer(),
      'taken',
    ),
  ];
}

/** 96 × 64 pixels of noise. */
function scene(): Sharp {
  const next = random(5);
  const data = Uint8Array.from({ length: 96 * 64 * 3 }, () => Math.floor(next() * 256));
  return sharp(data, { raw: { width: 96, height: 64, channels: 3 } });
}

function movingGif(): Promise<Buffer> {
  const data = new Uint8Array(64 * 64 * 3 * 2).fill(200, 0, 64 * 64 * 3);
  return sharp(data, { raw: { width: 64, height: 128, channels: 3, pageHeight: 64 } })
    .gif()
    .toBuffer();
}

/** The header that identifies an ISO media file, followed by unreadable bytes. */
function isoFile(brand: string): Buffer {
  const box = Buffer.alloc(24 + 4096, 0x11);
  box.writeUInt32BE(24, 0);
  box.write(`ftyp${brand}\0\0\0\0mif1${brand}`, 4, 'latin1');
  return box;
}

/** A black PNG with one bit per pixel, so that megapixels take only a few kilobytes. */
function blankPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
