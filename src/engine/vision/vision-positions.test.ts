// transformers 5.17 on torch 2.15, CPU, float32, wrote ../decoder/positions.golden.json
// (get_vision_interpolation_indices_and_weights, get_vision_position_ids × inverse frequencies).

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { positionTaps, visionRotary } from './vision-positions.ts';

interface Goldens {
  taps: {
    height: number;
    width: number;
    mergeSize: number;
    side: number;
    indices: number[];
    weights: number[];
  }[];
  visionRotary: {
    height: number;
    width: number;
    mergeSize: number;
    headDim: number;
    cos: number[];
    sin: number[];
  }[];
}
const goldens = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../decoder/positions.golden.json'), 'utf8'),
) as Goldens;

describe.each(goldens.taps)('a grid of $height × $width on a table of $side', (golden) => {
  test('reads the entries of the reference with its weights', () => {
    const { indices, weights } = positionTaps(golden, golden.mergeSize, golden.side);
    expect(indices).toEqual(Int32Array.from(golden.indices));
    expect(weights).toEqual(Float32Array.from(golden.weights));
  });
});

test.each([
  [2, [0, 47]],
  [4, [0, 15.666667, 31.333333, 47]],
  [30, [0, 1.62069, 3.241379]],
  [96, [0, 0.494737, 0.989474]],
  [48, [0, 1, 2, 3]],
])('corners are aligned on an axis of %i patches', (height, sources) => {
  // With one column, the taps are those of the rows: Σ weight · row is the source coordinate.
  const { indices, weights } = positionTaps({ height, width: 1 }, 1, 48);
  const source = (n: number): number =>
    [0, 1, 2, 3].reduce((sum, tap) => {
      const at = tap * height + n;
      return sum + Math.floor(indices[at]! / 48) * weights[at]!;
    }, 0);
  sources.forEach((expected, n) => expect(source(n)).toBeCloseTo(expected, 5));
  expect(source(height - 1)).toBeCloseTo(47, 5);
});

describe.each(goldens.visionRotary)('rotary angles of $height × $width with heads of $headDim', (golden) => {
  test('are those of the reference', () => {
    const { cos, sin } = visionRotary(golden, golden.mergeSize, golden.headDim);
    expect(largestDifference(cos, golden.cos)).toBeLessThanOrEqual(1.2e-7); // one unit in the last place
    expect(largestDifference(sin, golden.sin)).toBeLessThanOrEqual(1.2e-7);
  });
});

test('a frequency of heads of 72 is 10000^(−2j/36)', () => {
  const { cos } = visionRotary({ height: 2, width: 2 }, 2, 72);
  // Patch 2 is row 1, column 0; the first 18 angles follow the row.
  [1, 0.5994843, 0.3593814, 0.2154435].forEach((frequency, j) => {
    expect(cos[2 * 36 + j]).toBeCloseTo(Math.cos(frequency), 6);
    expect(cos[2 * 36 + 18 + j]).toBe(1);
  });
});

function largestDifference(actual: Float32Array, expected: number[]): number {
  expect(actual).toHaveLength(expected.length);
  return actual.reduce((largest, value, i) => Math.max(largest, Math.abs(value - expected[i]!)), 0);
}
