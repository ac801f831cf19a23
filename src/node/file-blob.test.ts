import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileBlob } from './file-blob.ts';

const bytes = Uint8Array.from({ length: 3_000_001 }, (_, i) => (i * 2654435761) >>> 24);
const same = (a: ArrayBuffer, b: Uint8Array): boolean => Buffer.compare(new Uint8Array(a), b) === 0;
let folder = '';
let path = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'darkroom-'));
  path = join(folder, 'file');
  await writeFile(path, bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('a file Blob reads slices of slices, joined slices and streams byte for byte', async () => {
  const blob = await fileBlob(path);
  expect(blob.size).toBe(bytes.length);
  const slice = blob.slice(1001, 2_500_003).slice(7, 2_000_000);
  expect(same(await slice.arrayBuffer(), bytes.slice(1008, 2_001_001))).toBe(true);
  expect(new Uint8Array(await blob.slice(5, 5).arrayBuffer())).toEqual(new Uint8Array());
  const joined = new Blob([blob.slice(0, 3), slice.slice(0, 2)]);
  expect(new Uint8Array(await joined.arrayBuffer())).toEqual(
    Uint8Array.of(...bytes.slice(0, 3), ...bytes.slice(1008, 1010)),
  );
  const streamed = await new Response(slice.stream()).arrayBuffer();
  expect(same(streamed, bytes.slice(1008, 2_001_001))).toBe(true);
});

it('a file Blob can be read while the calling thread computes', async () => {
  const blob = await fileBlob(path);
  const asked = [0, 1, 2, 3].map((i) => blob.slice(i, 2_600_000 + i).arrayBuffer());
  const until = performance.now() + 200;
  while (performance.now() < until);
  // Two turns are enough for all four reads; Node's own Blob needs several turns for each.
  let arrived = 0;
  for (const one of asked) void one.then(() => arrived++);
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  expect(arrived).toBe(4);
});

it('a file Blob fails if the file has become shorter', async () => {
  const blob = await fileBlob(path);
  await truncate(path, 1000);
  await expect(blob.slice(500, 2000).arrayBuffer()).rejects.toThrow('1000 bytes early');
});

it('a file Blob fails if there is no file', async () => {
  await expect(fileBlob(join(folder, 'none'))).rejects.toThrow();
});
