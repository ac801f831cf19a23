// positions.golden.json: cos and sin of transformers 5.17 (Qwen3VLTextRotaryEmbedding), float32.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { VisualSlot } from './prompt.ts';
import { rotaryTables, tokenPositions } from './token-positions.ts';

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

function picture(start: number, height: number, width: number): VisualSlot {
  return { media: 0, kind: 'image', group: 0, start, height, width };
}

/** Triples (time, height, width), one per token. */
function triples({ positions }: { positions: Int32Array }): number[][] {
  const count = positions.length / 3;
  return Array.from({ length: count }, (_, n) => [0, 1, 2].map((axis) => positions[axis * count + n]!));
}

test('text counts up on all axes', () => {
  const placed = tokenPositions(3, []);
  expect(triples(placed)).toEqual([
    [0, 0, 0],
    [1, 1, 1],
    [2, 2, 2],
  ]);
  expect(placed.next).toBe(3);
});

test('a picture spans rows and columns, and advances by its longer side', () => {
  const placed = tokenPositions(13, [picture(4, 2, 3)]);
  expect(triples(placed).slice(4)).toEqual([
    [4, 4, 4],
    [4, 4, 5],
    [4, 4, 6],
    [4, 5, 4],
    [4, 5, 5],
    [4, 5, 6],
    [7, 7, 7],
    [8, 8, 8],
    [9, 9, 9],
  ]);
  expect(placed.next - 13).toBe(-3);
});

test('a picture of 15 × 20 between 4 and 10 tokens of text', () => {
  const placed = tokenPositions(314, [picture(4, 15, 20)]);
  expect(triples(placed)[303]).toEqual([4, 18, 23]);
  expect(triples(placed)[304]).toEqual([24, 24, 24]);
  expect(triples(placed)[313]).toEqual([33, 33, 33]);
  expect(placed.next - 314).toBe(-280);
});

test('a later turn goes on where the last one stopped', () => {
  const slots = [picture(2, 2, 2), picture(9, 1, 3)];
  const whole = tokenPositions(14, slots);
  const first = tokenPositions(7, slots.slice(0, 1));
  const second = tokenPositions(14, slots, { token: 7, position: first.next });
  expect([...triples(first), ...triples(second)]).toEqual(triples(whole));
  expect(second.next).toBe(whole.next);
});

test('positions do not resume inside a picture', () => {
  expect(() => tokenPositions(8, [picture(2, 2, 2)], { token: 4, position: 4 })).toThrow(
    expect.objectContaining({ code: 'bug' }),
  );
});

describe.each(goldens.textRotary)('rotary tables of heads of $headDim', (golden) => {
  test('are those of the reference', () => {
    const { cos, sin } = rotaryTables(Int32Array.from(golden.positions), golden);
    expect(cos).toHaveLength(golden.cos.length);
    // At position 10,000 one unit in the last place of a frequency is 1e-5 of an angle.
    cos.forEach((value, i) => expect(Math.abs(value - golden.cos[i]!)).toBeLessThan(2e-5));
    sin.forEach((value, i) => expect(Math.abs(value - golden.sin[i]!)).toBeLessThan(2e-5));
  });
});

test('frequencies are dealt to the axes in turn: THW twenty times, then TTTT', () => {
  const axes = [0, 1, 2].map((axis) => {
    // Only one axis is off the origin: a sine that is not zero follows that axis.
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
