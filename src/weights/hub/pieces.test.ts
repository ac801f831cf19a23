import { expect, test } from 'vitest';
import { Coverage, cutIntoPieces, gapsBetween, indexAt, withPadding } from './pieces.ts';

function tensors(...sizes: number[]) {
  let end = 50;
  return sizes.map((bytes, index) => {
    const start = end;
    end += bytes;
    return { name: `t${index}`, dtype: 'U8', shape: [bytes], start, end };
  });
}

test('small neighbours share a piece, large tensors are cut, and no byte is left out', () => {
  const pieces = cutIntoPieces(tensors(10, 20, 90, 250, 5, 5, 100), 100);
  expect(pieces).toEqual([
    { start: 50, end: 80 },
    { start: 80, end: 170 },
    { start: 170, end: 270 },
    { start: 270, end: 370 },
    { start: 370, end: 420 },
    { start: 420, end: 430 },
    { start: 430, end: 530 },
  ]);
});

test('padding between tensors belongs to the piece of the tensor before it', () => {
  const [one, two] = tensors(10, 20);
  const apart = [one!, { ...two!, start: 64, end: 84 }];
  expect(gapsBetween(apart, 96)).toEqual([
    { start: 60, end: 64 },
    { start: 84, end: 96 },
  ]);
  expect(cutIntoPieces(withPadding(apart, 96), 100)).toEqual([{ start: 50, end: 96 }]);
  expect(gapsBetween(tensors(10, 20), 80)).toEqual([]);
});

test('the piece of a byte is found', () => {
  const pieces = cutIntoPieces(tensors(100, 100, 100), 100);
  expect([49, 50, 149, 150, 349, 350].map((at) => indexAt(pieces, at))).toEqual([-1, 0, 0, 1, 2, -1]);
  expect(indexAt([], 0)).toBe(-1);
});

test('a piece is covered once every byte was used, in any order, even repeatedly', () => {
  const coverage = new Coverage();
  const piece = { start: 10, end: 50 };
  for (const [start, end] of [
    [40, 50],
    [10, 20],
    [15, 30],
  ] as const) {
    coverage.add({ start, end });
    expect(coverage.covers(piece)).toBe(false);
  }
  coverage.add({ start: 30, end: 40 });
  expect(coverage.covers(piece)).toBe(true);
});
