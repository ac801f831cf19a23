import { expect, test } from 'vitest';
import { Region } from './region.svelte.ts';

test('a drag in any direction, also beyond the picture, frames a part of it', () => {
  const region = new Region();
  region.begin(600, 700);
  region.reach(-50, 300);
  region.release();
  region.reach(900, 900);
  expect(region.box).toEqual([0, 300, 600, 700]);
});

test('a click alone frames a part that is not empty', () => {
  const region = new Region();
  region.begin(1000, 1000);
  region.reach(1000, 1000);
  expect(region.box).toEqual([990, 990, 1000, 1000]);
});

test('keys move the frame up to the edge and change its size', () => {
  const region = new Region();
  region.move(-1000, 20);
  expect(region.box).toEqual([0, 270, 500, 770]);
  region.resize(-1000, 400);
  expect(region.box).toEqual([0, 270, 10, 1000]);
});
