import { expect, test } from 'vitest';
import { BlobReader, ReusedBuffer } from './blob-reader.ts';

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) % 251);

test('Blobs are read in order, in pieces of any size, through one buffer', async () => {
  const buffer = new ReusedBuffer();
  const parts: BlobPart[] = [];
  for (const blob of [new Blob([bytes]), new Blob([bytes.slice(0, 1000), bytes.slice(1000)])]) {
    const reader = new BlobReader(blob, buffer);
    for (const size of [1, 70_000, 200_000, 29_999]) {
      const piece = await reader.next(size);
      expect(piece.byteLength).toBe(size);
      parts.push(piece.slice());
    }
  }
  const read = new Uint8Array(await new Blob(parts).arrayBuffer());
  expect(Buffer.compare(read, Buffer.concat([bytes, bytes]))).toBe(0);
  // This buffer was made for the largest piece, and no other has been made since.
  expect(buffer.take(1).byteLength).toBe(200_000);
});

test('a read beyond the end of a Blob fails', async () => {
  const reader = new BlobReader(new Blob([bytes]), new ReusedBuffer());
  await reader.next(299_999);
  await expect(reader.next(2)).rejects.toThrow('A weight of 300000 bytes ends early.');
});
