import { expect, test } from 'vitest';
import { averageFps, decodeSpans, frameTimes, type Packet } from './packets.ts';

const packet = (time: number, isKey = false, duration = 40_000): Packet => ({ time, duration, isKey });

/** Two groups at 25 frames per second. In the first group, two frames are shown before a frame that they depend on. */
const PACKETS = [
  packet(0, true),
  packet(120_000),
  packet(40_000),
  packet(80_000),
  packet(160_000, true),
  packet(200_000),
];

test('frames are counted in the order in which they are shown', () => {
  expect(frameTimes(PACKETS)).toEqual([0, 40_000, 80_000, 120_000, 160_000, 200_000]);
});

test('a packet that ends before the start is not shown', () => {
  const early = [packet(-40_000, true), packet(-20_000), packet(20_000)];
  expect(frameTimes(early)).toEqual([-20_000, 20_000]);
});

test('the frame rate is the average of the clip; an unknown last duration counts like the others', () => {
  expect(averageFps(PACKETS)).toBeCloseTo(25, 9);
  expect(averageFps(PACKETS.map((one) => ({ ...one, duration: 0 })))).toBeCloseTo(25, 9);
  expect(averageFps([packet(0, true, 1e6), packet(1e6, false, 3e6)])).toBeCloseTo(0.5, 9);
  expect(averageFps([packet(0, true, 0)])).toBe(24);
});

test('a rate near a standard one becomes the standard rate, others stay as they are', () => {
  const paced = (fps: number, frames: number, unit: number): Packet[] =>
    Array.from({ length: frames }, (_, i) =>
      packet(Math.trunc(Math.round((i / fps) * unit) * (1e6 / unit)), i === 0, 0),
    );
  for (const fps of [30, 30 / 1.001, 24 / 1.001, 25, 60]) {
    for (const frames of [99, 299]) expect(averageFps(paced(fps, frames, 1000))).toBe(fps);
  }
  expect(averageFps(paced(2.5, 40, 90_000))).toBe(2.5);
  expect(averageFps([packet(0, true, 833_333), packet(833_333, false, 1_166_666)])).toBe(1);
});

test('packets are decoded from the key packet to the last one that the requested frames need', () => {
  expect(decodeSpans(PACKETS, [0])).toEqual([{ from: 0, to: 0 }]);
  // The packet of 120 ms comes before that of 40 ms.
  expect(decodeSpans(PACKETS, [40_000, 120_000])).toEqual([{ from: 0, to: 40_000 }]);
  expect(decodeSpans(PACKETS, [80_000, 200_000])).toEqual([
    { from: 0, to: 80_000 },
    { from: 160_000, to: 200_000 },
  ]);
});

test('a frame that is stored after a key frame and shown before it needs the key frame before that', () => {
  const open = [packet(0, true), packet(120_000, true), packet(40_000), packet(80_000)];
  expect(decodeSpans(open, [80_000, 120_000])).toEqual([
    { from: 0, to: 80_000 },
    { from: 120_000, to: 120_000 },
  ]);
});

test('a frame without a key packet before it is in no span', () => {
  expect(decodeSpans([packet(0), packet(40_000, true)], [0, 40_000])).toEqual([{ from: 40_000, to: 40_000 }]);
});
