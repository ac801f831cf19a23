import { expect, test } from 'vitest';
import type { VisualSlot } from './prompt.ts';
import { tokenPositions } from './token-positions.ts';

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
