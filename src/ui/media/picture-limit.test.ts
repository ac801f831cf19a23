import { expect, test } from 'vitest';
import { pictureLimit } from './picture-limit.ts';

const item = { width: 4000, height: 3000, clipSeconds: null };
const media = (count: number): (typeof item)[] => new Array<typeof item>(count).fill(item);
const model = { contextTokens: 8192 };
const asked = { maxTokens: 4096, maxPictureTokens: 1024 };

test('there is no limit if the pictures fit the context beside an answer', () => {
  expect(pictureLimit([], media(6), false, model, asked)).toBeNull();
  expect(pictureLimit([], media(30), false, { contextTokens: 262_144 }, asked)).toBeNull();
  expect(pictureLimit([], media(30), false, null, asked)).toBeNull();
});

test('the limit says how many of 30 pictures the model can take', () => {
  expect(pictureLimit([], media(30), false, model, asked)).toEqual({
    kind: 'context',
    fitting: 6,
    all: 30,
    earlier: 0,
  });
  // At a higher detail, each picture takes more tokens.
  expect(pictureLimit([], media(2), false, model, { maxTokens: 4096 })).toEqual({
    kind: 'context',
    fitting: 0,
    all: 2,
    earlier: 0,
  });
});

test('small pictures and short clips take fewer tokens', () => {
  const small = { width: 320, height: 240, clipSeconds: null };
  expect(pictureLimit([], new Array<typeof small>(60).fill(small), false, model, asked)).toBeNull();
  const clip = { width: 320, height: 240, clipSeconds: 3 };
  expect(pictureLimit([], [clip], false, model, asked)).toBeNull();
  expect(pictureLimit([], [{ ...clip, clipSeconds: 300 }], false, model, asked)).toMatchObject({
    fitting: 0,
  });
});

test('the built-in model takes two pictures, whatever its context', () => {
  expect(pictureLimit([], media(2), true, model, asked)).toBeNull();
  expect(pictureLimit([], media(3), true, null, asked)).toEqual({
    kind: 'madeFor',
    most: 2,
    all: 3,
    earlier: 0,
  });
});

test('pictures of earlier questions count, and the limit counts them separately', () => {
  expect(pictureLimit(media(2), media(1), true, null, asked)).toEqual({
    kind: 'madeFor',
    most: 2,
    all: 3,
    earlier: 2,
  });
});
