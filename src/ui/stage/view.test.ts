import { expect, test } from 'vitest';
import { View } from './view.svelte.ts';

const picture = { width: 200, height: 100 };
const window = { width: 400, height: 400 };

test('the whole picture fits, in the middle', () => {
  expect(new View().frame(picture, window)).toEqual({ left: 0, top: 100, width: 400, height: 200 });
});

test('zooming keeps the point under the pointer, as far as the picture covers the window', () => {
  const view = new View();
  view.zoom(2, picture, window, 100, 200);
  expect(view.frame(picture, window)).toEqual({ left: -100, top: 0, width: 800, height: 400 });
  view.zoom(0.001, picture, window);
  expect(view.frame(picture, window)).toEqual(new View().frame(picture, window));
});

test('panning stops at the edges', () => {
  const view = new View();
  view.zoom(2, picture, window);
  view.pan(10_000, 50, picture, window);
  expect(view.frame(picture, window)).toMatchObject({ left: 0, top: 0 });
  view.pan(-30, 0, picture, window);
  expect(view.frame(picture, window).left).toBeCloseTo(-30);
});
