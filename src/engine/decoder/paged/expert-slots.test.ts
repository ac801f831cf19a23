import { expect, test } from 'vitest';
import type { ExpertPart, Manifest } from '../../../format/manifest.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Tensor } from '../../runtime/tensor.ts';
import { ExpertSlots, slotBytes } from './expert-slots.ts';

const PARTS: ExpertPart[] = [
  {
    name: 'gate_up',
    dtype: 'U8',
    shape: [8, 16],
    offset: 0,
    bytes: 128,
    quantization: { bits: 4, block: 32, rows: 8, columns: 32 },
  },
  { name: 'gate_up.scales', dtype: 'F16', shape: [8, 1], offset: 128, bytes: 16 },
];
const at: [number, number][] = Array.from({ length: 16 }, (_, expert) => [0, expert * 144]);
const manifest: Manifest = {
  format: 'darkroom-package',
  ...{ version: 1, preset: 'balanced', files: [], shards: [], tensors: {} },
  experts: [0, 1].map((layer) => ({ layer, bytes: 144, parts: PARTS, at })),
};

/** A device with `freeBytes` bytes of free memory, and a count of the bytes in use. */
function deviceWith(freeBytes: number) {
  const device = { taken: 0, isFull: false };
  const zeros = (type: string, shape: number[]): Tensor => {
    const bytes = shape.reduce((all, each) => all * each, 1) * (type === 'u8' ? 1 : 2);
    device.taken += bytes;
    if (device.taken > freeBytes) device.isFull = true;
    return { dispose: () => (device.taken -= bytes) } as unknown as Tensor;
  };
  const scopes = {
    pushErrorScope: () => (device.isFull = false),
    popErrorScope: () => Promise.resolve(device.isFull ? { message: 'out of memory' } : null),
  };
  return { device, runtime: { device: scopes, zeros } as unknown as Runtime };
}

test('the budget decides the number of slots, which is at least what a token needs and at most one per expert', async () => {
  const one = slotBytes(manifest, 'f16');
  expect(one).toBe(2 * (128 + 16));
  expect(slotBytes(manifest, 'f32')).toBe(2 * (128 + 32));
  for (const [budget, slots] of [
    [9.9 * one, 9],
    [one, 4],
    [1e9, 16],
  ] as const) {
    const { runtime } = deviceWith(Infinity);
    expect((await ExpertSlots.allocate(runtime, manifest, 'f16', budget, 4)).perLayer).toBe(slots);
  }
});

test('a budget that is too large for the device is halved until it fits, and the failed attempts are freed', async () => {
  const one = slotBytes(manifest, 'f16');
  const { device, runtime } = deviceWith(5 * one);
  const slots = await ExpertSlots.allocate(runtime, manifest, 'f16', 16 * one, 2);
  expect(slots.perLayer).toBe(4);
  expect(device.taken).toBe(slots.bytes);
  slots.dispose();
  expect(device.taken).toBe(0);
});

test('if even the fewest slots do not fit, it fails and holds no memory', async () => {
  const one = slotBytes(manifest, 'f16');
  const { device, runtime } = deviceWith(1.5 * one);
  const failed = ExpertSlots.allocate(runtime, manifest, 'f16', 16 * one, 2);
  await expect(failed).rejects.toMatchObject({ code: 'out-of-memory' });
  expect(device.taken).toBe(0);
});
