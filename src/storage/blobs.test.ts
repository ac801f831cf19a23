// Tests how Blobs in a value are packed and restored. tools/tests/engines tests whether real browsers store Blobs.

import { expect, test } from 'vitest';
import { packBlobs, unpackBlobs } from './blobs.ts';

test('a value is restored with its Blobs, bytes and types, and everything else unchanged', async () => {
  const at = new Date(0);
  const value = {
    list: [{ file: new Blob([Uint8Array.of(1, 0, 255)], { type: 'image/png' }) }],
    at,
    n: null,
  };
  const packed = await packBlobs(value);
  expect(JSON.stringify(packed)).toContain('"type":"image/png"');
  const back = unpackBlobs(structuredClone(packed)) as typeof value;
  expect(back.at).toEqual(at);
  expect(back.n).toBeNull();
  const file = back.list[0]!.file;
  expect(file.type).toBe('image/png');
  expect(Array.from(new Uint8Array(await file.arrayBuffer()))).toEqual([1, 0, 255]);
});

test('a value that was stored with real Blobs keeps them', () => {
  const file = new Blob(['x']);
  expect(unpackBlobs({ file })).toEqual({ file });
  expect((unpackBlobs({ file }) as { file: Blob }).file).toBe(file);
});
