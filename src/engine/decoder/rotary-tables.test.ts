// positions.golden.json holds cos and sin of transformers 5.17 (Qwen3VLTextRotaryEmbedding), in float32.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rotaryTables } from './rotary-tables.ts';

interface Golden {
  positions: number[];
  headDim: number;
  theta: number;
  mropeSection: [number, number, number];
  cos: number[];
  sin: number[];
}
const goldens = JSON.parse(readFileSync(resolve(import.meta.dirname, 'positions.golden.json'), 'utf8')) as {
  textRotary: Golden[];
};
const PUBLISHED = { headDim: 128, theta: 5e6, mropeSection: [24, 20, 20] } as const;

describe.each(goldens.textRotary)('rotary tables of heads of $headDim', (golden) => {
  test('are those of the reference', () => {
    const { cos, sin } = rotaryTables(Int32Array.from(golden.positions), golden);
    expect(cos).toHaveLength(golden.cos.length);
    // At position 10,000, a change of a frequency by one unit in the last place changes an angle by 1e-5.
    cos.forEach((value, i) => expect(Math.abs(value - golden.cos[i]!)).toBeLessThan(2e-5));
    sin.forEach((value, i) => expect(Math.abs(value - golden.sin[i]!)).toBeLessThan(2e-5));
  });
});

test('frequencies are assigned to the axes in turn: THW twenty times, then TTTT', () => {
  const axes = [0, 1, 2].map((axis) => {
    // Only one axis has a position other than 0, so a sine that is not zero belongs to that axis.
    const { sin } = rotaryTables(
      Int32Array.from([0, 1, 2], (other) => (other === axis ? 1 : 0)),
      PUBLISHED,
    );
    return Array.from(sin, (value) => value !== 0);
  });
  const pattern = Array.from({ length: 64 }, (_, j) => 'THW'[axes.findIndex((axis) => axis[j])]).join('');
  expect(pattern).toBe('THW'.repeat(20) + 'TTTT');
});

test('angles at position (5, 7, 9)', () => {
  const { cos, sin } = rotaryTables(Int32Array.from([5, 7, 9]), PUBLISHED);
  [5, 5.50081, 5.55776, 2.42636].forEach((angle, j) => {
    expect(cos[j]).toBeCloseTo(Math.cos(angle), 5);
    expect(sin[j]).toBeCloseTo(Math.sin(angle), 5);
  });
  expect(sin[63]).toBeCloseTo(5 * 2.54507979e-7, 12);
});
