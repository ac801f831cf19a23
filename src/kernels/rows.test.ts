// Compares the operations on rows with float64 arithmetic: norms, activations, rotation, lookups, the choice of the
// best logits.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { kernelFiles } from '../../tools/build/kernel-files.ts';
import { openKernels } from '../node/kernels.ts';
import {
  cosineDistance,
  loaded,
  normal,
  reserved,
  storedMatrix,
} from '../../tools/tests/support/kernel-trial.ts';
import type { Kernels } from './kernels.ts';
import { Program, STEPS, WEIGHT_KINDS, type OperationFields, type OperationName } from './operations.ts';

const FLOAT = 1e-12;
const EPSILON = 1e-6;
const WIDTHS = [1, 3, 37, 64, 130];

let kernels: Kernels;
beforeAll(async () => {
  kernels = await openKernels(await kernelFiles(), 1);
  kernels.reserveSpare(1 << 20);
});
afterAll(() => kernels.dispose());

function run<Name extends OperationName>(name: Name, fields: OperationFields<Name>): void {
  const program = new Program();
  program.add(name, fields);
  kernels.run(program);
}

/** Runs a step of `prepare` on rows of x, and returns the result. */
function prepared(
  step: keyof typeof STEPS,
  x: Float32Array,
  columns: number,
  gain?: Float32Array,
  bias?: Float32Array,
): Float32Array {
  const width = step.startsWith('swiglu') ? 2 * columns : columns;
  const rows = x.length / width;
  const y = reserved(kernels, 4 * rows * columns);
  run('prepare', {
    step: STEPS[step],
    ...{
      rows,
      columns,
      x: loaded(kernels, x),
      xStride: 4 * width,
      y,
      yStride: 4 * columns,
      epsilon: EPSILON,
    },
    gain: gain === undefined ? 0 : loaded(kernels, gain),
    bias: bias === undefined ? 0 : loaded(kernels, bias),
  });
  return kernels.floats(y, rows * columns).slice();
}

test.each(WIDTHS)('norms of rows of %i', (columns) => {
  const rows = 11;
  const x = normal(rows * columns, columns).map((value) => 3 * value + 1);
  const gain = normal(columns, 1);
  const bias = normal(columns, 2);
  const rms = new Float64Array(x.length);
  const layer = new Float64Array(x.length);
  for (let row = 0; row < rows; row++) {
    const one = Float64Array.from(x.subarray(row * columns, (row + 1) * columns));
    const mean = one.reduce((sum, value) => sum + value, 0) / columns;
    const square = one.reduce((sum, value) => sum + value ** 2, 0) / columns;
    const variance = one.reduce((sum, value) => sum + (value - mean) ** 2, 0) / columns;
    one.forEach((value, i) => {
      rms[row * columns + i] = (value * gain[i]!) / Math.sqrt(square + EPSILON);
      layer[row * columns + i] = ((value - mean) * gain[i]!) / Math.sqrt(variance + EPSILON) + bias[i]!;
    });
  }
  expect(cosineDistance(rms, prepared('rmsNorm', x, columns, gain))).toBeLessThan(FLOAT);
  expect(cosineDistance(layer, prepared('layerNorm', x, columns, gain, bias))).toBeLessThan(FLOAT);
});

test.each(WIDTHS)('activations of rows of %i', (columns) => {
  const rows = 9;
  // Some numbers are so large that exponentials overflow.
  const x = normal(rows * 2 * columns, columns).map((value, i) => (i % 7 === 0 ? 60 : 3) * value);
  const silu = (value: number): number => value / (1 + Math.exp(-value));
  const at = (row: number, i: number): number => x[row * 2 * columns + i]!;
  const rowsOf = (make: (row: number, i: number) => number): Float64Array =>
    Float64Array.from({ length: rows * columns }, (_, i) => make(Math.floor(i / columns), i % columns));
  const halves = rowsOf((row, i) => silu(at(row, i)) * at(row, columns + i));
  const pairs = rowsOf((row, i) => silu(at(row, 2 * i)) * at(row, 2 * i + 1));
  expect(cosineDistance(halves, prepared('swigluHalves', x, columns))).toBeLessThan(FLOAT);
  expect(cosineDistance(pairs, prepared('swigluPairs', x, columns))).toBeLessThan(FLOAT);
  const tanh = Float64Array.from(x, (value) => {
    const inner = Math.sqrt(2 / Math.PI) * (value + 0.044715 * value ** 3);
    return 0.5 * value * (1 + Math.tanh(inner));
  });
  const exact = Float64Array.from(x, (value) => 0.5 * value * (1 + erf(value / Math.SQRT2)));
  near(prepared('geluTanh', x, 2 * columns), tanh);
  near(prepared('geluErf', x, 2 * columns), exact);
});

test('heads are rotated half against half', () => {
  const [rows, heads, width] = [5, 3, 20];
  const x = normal(rows * heads * width, 1);
  const angles = normal((rows * width) / 2, 2);
  const expected = Float64Array.from(x, (value, i) => {
    const row = Math.floor(i / (heads * width));
    const at = i % width;
    const angle = angles[(row * width) / 2 + (at % (width / 2))]!;
    const other = at < width / 2 ? -x[i + width / 2]! : x[i - width / 2]!;
    return value * Math.cos(angle) + other * Math.sin(angle);
  });
  const at = loaded(kernels, x);
  run('rotate', {
    ...{ rows, heads, width, x: at, xStride: 4 * heads * width },
    cos: loaded(kernels, angles.map(Math.cos)),
    sin: loaded(kernels, angles.map(Math.sin)),
  });
  expect(cosineDistance(expected, kernels.floats(at, x.length))).toBeLessThan(FLOAT);
});

test.each([
  'f32',
  'bf16',
  '4 bits in blocks of 32',
  '8 bits in blocks of 32',
  '4 bits in blocks of 16',
] as const)('words of a table in %s, and features of pictures between them', (storage) => {
  const columns = 48;
  const table = storedMatrix(storage, 20, columns, 1);
  const features = normal(3 * columns, 2);
  const y = reserved(kernels, 4 * 4 * columns);
  run('embed', {
    ...{ rows: 4, columns, kind: WEIGHT_KINDS[table.kind], block: table.block, y, yStride: 4 * columns },
    weights: loaded(kernels, table.weights),
    scales: loaded(kernels, table.scales),
    ids: loaded(kernels, Int32Array.of(19, 7, 7, 0)),
    featureRows: loaded(kernels, Int32Array.of(0, 3, 1, 0)),
    features: loaded(kernels, features),
  });
  const word = (id: number): number[] => Array.from(table.values.subarray(id * columns, (id + 1) * columns));
  const feature = (row: number): number[] =>
    Array.from(features.subarray((row - 1) * columns, row * columns));
  const expected = [word(19), feature(3), feature(1), word(0)].flat();
  expect(Array.from(kernels.floats(y, 4 * columns))).toEqual(expected);
});

test('features and mixed positions are added to their rows', () => {
  const columns = 10;
  const before = normal(3 * columns, 1);
  const table = normal(6 * columns, 2);
  const featured = loaded(kernels, before);
  run('addFeatures', {
    ...{ rows: 3, columns, y: featured, yStride: 4 * columns, features: loaded(kernels, table) },
    featureRows: loaded(kernels, Int32Array.of(0, 6, 2)),
  });
  const rows = [-1, 5, 1];
  const expected = before.map((value, i) => {
    const row = rows[Math.floor(i / columns)]!;
    return row < 0 ? value : value + table[row * columns + (i % columns)]!;
  });
  expect(kernels.floats(featured, before.length)).toEqual(expected);

  const indices = Int32Array.from({ length: 12 }, (_, i) => (i * 5) % 6);
  const weights = normal(12, 3);
  const placed = loaded(kernels, before);
  run('addPositions', {
    ...{ rows: 3, columns, y: placed, yStride: 4 * columns, table: loaded(kernels, table) },
    indices: loaded(kernels, indices),
    weights: loaded(kernels, weights),
  });
  const mixed = before.map((value, i) => {
    const row = Math.floor(i / columns);
    const taps = [0, 1, 2, 3].map((tap) => tap * 3 + row);
    return taps.reduce(
      (sum, tap) => sum + weights[tap]! * table[indices[tap]! * columns + (i % columns)]!,
      value,
    );
  });
  expect(cosineDistance(mixed, kernels.floats(placed, before.length))).toBeLessThan(FLOAT);
});

test.each([64, 65, 1040, 30_001])('the best of %i logits, and the sum of all', (count) => {
  const chosen = 64;
  const logits = normal(count, count).map((value) => Math.round(value * 8) / 8); // many are equal
  const values = reserved(kernels, 4 * chosen);
  const ids = reserved(kernels, 4 * chosen);
  const sum = reserved(kernels, 8);
  run('best', { count, chosen, logits: loaded(kernels, logits), values, ids, sum });
  const sorted = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
  expect(Array.from(kernels.ints(ids, chosen))).toEqual(sorted.slice(0, chosen));
  expect(Array.from(kernels.floats(values, chosen))).toEqual(sorted.slice(0, chosen).map((id) => logits[id]));
  const largest = logits[sorted[0]!]!;
  const expected = logits.reduce((total, logit) => total + Math.exp(logit - largest), 0);
  const seen = new Float64Array(kernels.bytes(sum, 8).slice().buffer)[0]!;
  expect(Math.abs(seen / expected - 1)).toBeLessThan(1e-6);
});

test('of equal logits the first are the best', () => {
  const ids = reserved(kernels, 8);
  const [values, sum] = [reserved(kernels, 8), reserved(kernels, 8)];
  run('best', {
    count: 6,
    chosen: 2,
    logits: loaded(kernels, Float32Array.of(3, 4, 3, 4, 4, 3)),
    values,
    ids,
    sum,
  });
  expect(Array.from(kernels.ints(ids, 2))).toEqual([1, 3]);
});

function near(seen: Float32Array, expected: Float64Array): void {
  expected.forEach((value, i) => {
    expect(Math.abs(seen[i]! - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
  });
}

/** The error function by its series, in float64. */
function erf(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}
