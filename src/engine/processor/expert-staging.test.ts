import { afterAll, expect, test } from 'vitest';
import { kernelFiles } from '../../../tools/build/kernel-files.ts';
import type { Manifest } from '../../format/manifest.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { openKernels } from '../../node/kernels.ts';
import type { BlobReader } from './blob-reader.ts';
import { ProcessorSlots } from './expert-slots.ts';
import { ExpertStaging } from './expert-staging.ts';

const BYTES = 128;
const PLACES = 32;
const open: Kernels[] = [];
afterAll(() => {
  for (const kernels of open) kernels.dispose();
});

/**
 * Staging memory for experts of BYTES bytes. Its reader works in this thread and records the addresses to which it
 * wrote.
 */
async function staged() {
  const kernels = await openKernels(await kernelFiles(), 2);
  open.push(kernels);
  const written: number[] = [];
  const reader: BlobReader = {
    async read(blob, address) {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      if (bytes[0] === 255) throw new Error('damaged');
      kernels.bytes(address, bytes.byteLength).set(bytes);
      written.push(address);
    },
    dispose: () => undefined,
  };
  return { kernels, written, staging: new ExpertStaging(kernels, reader, BYTES) };
}

const expert = (value: number): Blob => new Blob([new Uint8Array(BYTES).fill(value)]);

test('a slot receives an expert without a copy, and gives its own memory in exchange', async () => {
  const { kernels, written, staging } = await staged();
  const at = Array.from({ length: 4 }, (_, i): [number, number] => [0, i * BYTES]);
  const manifest = { experts: [{ layer: 0, bytes: BYTES, parts: [], at }] } as unknown as Manifest;
  const slots = ProcessorSlots.allocate(kernels, manifest, 2 * BYTES, 1, staging);
  const before = slots.address(0, 1);
  const bytes = await staging.read(expert(7));
  slots.write(0, 1, bytes);
  expect(slots.address(0, 1)).toBe(written[0]);
  expect(kernels.bytes(slots.address(0, 1), BYTES)).toEqual(new Uint8Array(BYTES).fill(7));
  // The next read goes to the memory that the slot gave in exchange, and does not change the slot's expert.
  await staging.read(expert(8));
  expect(written[1]).toBe(before);
  expect(kernels.bytes(slots.address(0, 1), 1)[0]).toBe(7);
});

test('experts that are dropped or damaged leave their place to others; without a place, they go to the heap', async () => {
  const { kernels, written, staging } = await staged();
  const read = (value: number) => staging.read(expert(value));
  await expect(read(255)).rejects.toThrow('damaged');
  const all = await Promise.all(Array.from({ length: PLACES + 1 }, (_, i) => read(i)));
  expect(new Set(written).size).toBe(PLACES);
  expect(all.filter(({ buffer }) => buffer === kernels.bytes(0, 1).buffer)).toHaveLength(PLACES);
  expect(all.map((bytes) => bytes[0])).toEqual(all.map((_, i) => i));
  for (const bytes of all) staging.drop(bytes);
  const again = await Promise.all(all.slice(1).map((_, i) => read(100 + i)));
  expect(again.every(({ buffer }) => buffer === kernels.bytes(0, 1).buffer)).toBe(true);
});
