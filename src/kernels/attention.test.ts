// Compares attention with float64 arithmetic: over the decoder's cache in blocks, and over all patches of a picture.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import { cosineDistance, loaded, normal, reserved } from '../../tools/tests/support/kernel-trial.ts';
import { roundF16 } from '../format/float.ts';
import type { Kernels } from './kernels.ts';
import { Program } from './operations.ts';

const FLOAT = 1e-11;
const EPSILON = 1e-6;
const POSITIONS = 64;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels(await kernelFiles(), 1);
  kernels.reserveSpare(1 << 20);
});
afterAll(() => kernels.dispose());

/** Heads (heads, width) of one row. */
type Head = Float64Array;

function attended(query: Head, keys: Head[], values: Head[]): Head {
  const scores = keys.map(
    (key) => query.reduce((sum, q, i) => sum + q * key[i]!, 0) / Math.sqrt(query.length),
  );
  const most = Math.max(...scores);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return query.map((_, i) => values.reduce((sum, value, j) => sum + (weights[j]! / total) * value[i]!, 0));
}

function normed(head: Head, gain: Float32Array): Head {
  const square = head.reduce((sum, value) => sum + value ** 2, 0) / head.length;
  return head.map((value, i) => (value * gain[i]!) / Math.sqrt(square + EPSILON));
}

function rotated(head: Head, angles: Float32Array): Head {
  const half = head.length / 2;
  return head.map((value, i) => {
    const angle = angles[i % half]!;
    return value * Math.cos(angle) + (i < half ? -head[i + half]! : head[i - half]!) * Math.sin(angle);
  });
}

test.each([
  { isHalf: 0, width: 16, heads: 4, kvHeads: 2 },
  { isHalf: 1, width: 16, heads: 4, kvHeads: 2 },
  { isHalf: 0, width: 40, heads: 3, kvHeads: 3 },
  { isHalf: 1, width: 128, heads: 8, kvHeads: 1 },
])(
  'chunks over the cache: $heads/$kvHeads heads of $width, f16: $isHalf',
  ({ isHalf, width, heads, kvHeads }) => {
    const chunks = [5, 1, 70, 1, 33];
    const total = chunks.reduce((sum, count) => sum + count, 0);
    const perRow = heads + 2 * kvHeads;
    const x = normal(total * perRow * width, 1);
    const angles = normal((total * width) / 2, 2);
    const queryGain = normal(width, 3);
    const keyGain = normal(width, 4);
    const bytes = isHalf === 1 ? 2 : 4;
    const side = kvHeads * POSITIONS * width * bytes;
    const blocks = Array.from({ length: Math.ceil(total / POSITIONS) }, () =>
      reserved(kernels, 2 * side + 64),
    );
    const table = loaded(kernels, Uint32Array.from(blocks));
    const cache = { table, keys: 64, values: 64 + side, positions: POSITIONS, isHalf };
    const shape = { heads, kvHeads, width };
    const y = reserved(kernels, 4 * total * heads * width);
    let first = 0;
    for (const rows of chunks) {
      const at = loaded(kernels, x.subarray(first * perRow * width, (first + rows) * perRow * width));
      const turns = angles.subarray((first * width) / 2, ((first + rows) * width) / 2);
      const program = new Program();
      program.addUnwaited('place', {
        ...{ rows, ...shape, ...cache, first, x: at, xStride: 4 * perRow * width, epsilon: EPSILON },
        queryGain: loaded(kernels, queryGain),
        keyGain: loaded(kernels, keyGain),
        cos: loaded(kernels, turns.map(Math.cos)),
        sin: loaded(kernels, turns.map(Math.sin)),
      });
      program.add('attend', {
        ...{ rows, ...shape, ...cache, first, query: at, queryStride: 4 * perRow * width },
        ...{ y: y + 4 * first * heads * width, yStride: 4 * heads * width, scale: width ** -0.5 },
        ...{ headStride: POSITIONS * width * bytes, positionStride: width * bytes },
      });
      kernels.run(program);
      first += rows;
    }
    const stored = (head: Head): Head => (isHalf === 1 ? head.map(roundF16) : head);
    const headOf = (row: number, head: number): Head =>
      Float64Array.from(x.subarray((row * perRow + head) * width, (row * perRow + head + 1) * width));
    const turnsOf = (row: number): Float32Array =>
      angles.subarray((row * width) / 2, ((row + 1) * width) / 2);
    const expected: number[] = [];
    for (let row = 0; row < total; row++) {
      for (let head = 0; head < heads; head++) {
        const kv = Math.floor(head / (heads / kvHeads));
        const seen = Array.from({ length: row + 1 }, (_, i) => i);
        const query = rotated(normed(headOf(row, head), queryGain), turnsOf(row));
        const keys = seen.map((i) => stored(rotated(normed(headOf(i, heads + kv), keyGain), turnsOf(i))));
        const values = seen.map((i) => stored(headOf(i, heads + kvHeads + kv)));
        expected.push(...attended(query, keys, values));
      }
    }
    // If an f32 lies near the middle between two f16 numbers, the kernel may round it to the other one.
    const tolerance = isHalf === 1 ? 1e-8 : FLOAT;
    expect(cosineDistance(expected, kernels.floats(y, expected.length))).toBeLessThan(tolerance);
  },
);

test.each([1, 4, 35, 100])('%i patches that all see each other', (rows) => {
  const [heads, width] = [3, 20];
  const hidden = heads * width;
  const x = normal(rows * 3 * hidden, rows).map((value) => 2 * value);
  const at = loaded(kernels, x);
  const y = reserved(kernels, 4 * rows * hidden);
  const program = new Program();
  program.add('attend', {
    ...{ rows, heads, kvHeads: heads, width, query: at, queryStride: 12 * hidden, y, yStride: 4 * hidden },
    ...{
      scale: width ** -0.5,
      table: loaded(kernels, Uint32Array.of(at)),
      keys: 4 * hidden,
      values: 8 * hidden,
    },
    ...{ headStride: 4 * width, positionStride: 12 * hidden, positions: 2 ** 30, first: -1 },
  });
  kernels.run(program);
  const part = (row: number, which: number, head: number): Head => {
    const from = (row * 3 + which) * hidden + head * width;
    return Float64Array.from(x.subarray(from, from + width));
  };
  const all = Array.from({ length: rows }, (_, row) => row);
  const expected = all.flatMap((row) =>
    Array.from({ length: heads }, (_, head) => {
      const keys = all.map((i) => part(i, 1, head));
      return Array.from(
        attended(
          part(row, 0, head),
          keys,
          all.map((i) => part(i, 2, head)),
        ),
      );
    }).flat(),
  );
  expect(cosineDistance(expected, kernels.floats(y, expected.length))).toBeLessThan(FLOAT);
});
