// Compares products with float64 arithmetic on the same stored weights.

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import {
  cosineDistance,
  loaded,
  normal,
  reserved,
  storedMatrix,
  type Stored,
} from '../../tools/tests/support/kernel-trial.ts';
import type { Kernels } from './kernels.ts';
import { Program, STEPS, WEIGHT_KINDS } from './operations.ts';

/** The largest accepted 1 − cosine. Packed rows round to 16 bits per block of 32. */
const PACKED = 1e-9;
/**
 * The largest accepted 1 − cosine if one number in each block is 50 times as large as the others, which are then
 * rounded more coarsely.
 */
const PACKED_OUTLIERS = 3e-9;
const FLOAT = 1e-12;

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels(await kernelFiles(), 1);
  kernels.reserveSpare(1 << 20);
});
afterAll(() => kernels.dispose());

const SHAPES = [
  { outputs: 64, columns: 256 },
  { outputs: 7, columns: 2048 },
  { outputs: 33, columns: 96 },
  { outputs: 5, columns: 4304 },
  { outputs: 9, columns: 48 },
  { outputs: 3, columns: 37 },
];

describe.each(SHAPES)('a matrix of $outputs × $columns', ({ outputs, columns }) => {
  test.each([
    'f32',
    'f16',
    'bf16',
    '4 bits in blocks of 32',
    '8 bits in blocks of 32',
    '4 bits in blocks of 16',
    '8 bits in blocks of 16',
  ] as const)('with weights in %s', (storage) => {
    const stored = storedMatrix(storage, outputs, columns, 3);
    for (const rows of [1, 2, 7, 8, 9, 41]) {
      for (const outliers of [0, 3]) {
        const x = normal(rows * columns, rows + outliers);
        for (let i = 0; i < outliers; i++) x[(i * 997) % x.length] = 50;
        const seen = multiplied(stored, x, rows);
        const expected = plain(stored, x, rows);
        const packed = outliers > 0 ? PACKED_OUTLIERS : PACKED;
        const tolerance = stored.isPacked ? packed : FLOAT;
        expect(cosineDistance(expected, seen)).toBeLessThanOrEqual(tolerance);
      }
    }
  });
});

test('a product adds its bias, and can add to the values in y', () => {
  const stored = storedMatrix('4 bits in blocks of 32', 12, 64, 5);
  const bias = normal(12, 1);
  const before = normal(3 * 12, 2);
  const x = normal(3 * 64, 3);
  const seen = multiplied(stored, x, 3, bias, before);
  const expected = plain(stored, x, 3).map((value, i) => value + bias[i % 12]! + before[i]!);
  expect(cosineDistance(expected, seen)).toBeLessThanOrEqual(PACKED);
});

test('a row alone gives the same result as among others, within rounding', () => {
  const stored = storedMatrix('4 bits in blocks of 32', 64, 2048, 5);
  const x = normal(9 * 2048, 3);
  const all = multiplied(stored, x, 9);
  const alone = multiplied(stored, x.subarray(8 * 2048), 1);
  const largest = alone.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  alone.forEach((value, i) => expect(Math.abs(value - all[8 * 64 + i]!) / largest).toBeLessThan(1e-6));
});

test('NaN reaches the result', () => {
  const stored = storedMatrix('4 bits in blocks of 32', 8, 64, 5);
  for (const rows of [1, 2]) {
    const x = normal(rows * 64, 3);
    x[10] = NaN;
    expect(multiplied(stored, x, rows).subarray(0, 8).every(Number.isNaN)).toBe(true);
  }
});

function plain({ values, outputs, columns }: Stored, x: Float32Array, rows: number): Float64Array {
  const y = new Float64Array(rows * outputs);
  for (let m = 0; m < rows; m++) {
    for (let n = 0; n < outputs; n++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += x[m * columns + k]! * values[n * columns + k]!;
      y[m * outputs + n] = sum;
    }
  }
  return y;
}

function multiplied(
  { kind, block, bits, weights, scales, outputs, columns, isPacked }: Stored,
  x: Float32Array,
  rows: number,
  bias?: Float32Array,
  before?: Float32Array,
): Float32Array {
  const packedStride = kernels.packedBytes(columns);
  const packed = reserved(kernels, packedStride * rows);
  const panels = reserved(kernels, kernels.panelBytes(columns, rows));
  const xAt = loaded(kernels, x);
  const y = before === undefined ? reserved(kernels, 4 * rows * outputs) : loaded(kernels, before);
  const program = new Program();
  if (isPacked) {
    program.add('prepare', {
      step: STEPS.none,
      ...{ rows, columns, x: xAt, xStride: 4 * columns, bits, packed, packedStride, panels },
    });
  }
  program.add('product', {
    kind: WEIGHT_KINDS[kind],
    block,
    weights: loaded(kernels, weights),
    scales: loaded(kernels, scales),
    ...{ outputs, columns, rows, panels, y, yStride: 4 * outputs },
    x: isPacked ? packed : xAt,
    xStride: isPacked ? packedStride : 4 * columns,
    bias: bias === undefined ? 0 : loaded(kernels, bias),
    add: before === undefined ? 0 : 1,
  });
  kernels.run(program);
  return kernels.floats(y, rows * outputs).slice();
}
