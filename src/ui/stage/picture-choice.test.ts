import { expect, test } from 'vitest';
import { chosenPictures } from './picture-choice.ts';

const bare = (...numbers: number[]) => numbers.map((number) => ({ number, from: null }));
const three = ['a', 'b', 'c'];

test('the answer means the only picture of the conversation, whatever number it names', () => {
  expect(chosenPictures([null, ...bare(0, 1, 7, -1, Number.NaN)], ['a'], [])).toEqual(Array(6).fill('a'));
  expect(chosenPictures(bare(5), ['a', 'a'], ['a'])).toEqual(['a']);
});

test('an answer without a number means the only picture of the question; with several it is unclear', () => {
  expect(chosenPictures([null], three, ['b'])).toEqual(['b']);
  expect(chosenPictures([null, null], three, three)).toEqual([null, null]);
  expect(chosenPictures([null], three, [])).toEqual([null]);
});

test('numbers count from 0 or 1, whichever fits the whole answer', () => {
  expect(chosenPictures(bare(0, 1, 2), three, three)).toEqual(['a', 'b', 'c']);
  expect(chosenPictures(bare(1, 2, 3), three, three)).toEqual(['a', 'b', 'c']);
  expect(chosenPictures(bare(3), three, three)).toEqual(['c']);
  expect(chosenPictures(bare(1), three, three)).toEqual(['b']);
});

test('numbers that fit no start are unclear, and never mean the last picture', () => {
  expect(chosenPictures(bare(0, 5, -1), three, three)).toEqual(['a', null, null]);
  expect(chosenPictures(bare(1, 9), three, three)).toEqual([null, null]);
  expect(chosenPictures(bare(-1), three, ['c'])).toEqual([null]);
  expect(chosenPictures(bare(Number.NaN), three, three)).toEqual([null]);
});

test('words such as “picture 2” count from 1 on their own', () => {
  expect(chosenPictures([{ number: 2, from: 1 }, ...bare(0)], three, three)).toEqual(['b', 'a']);
  expect(chosenPictures([{ number: 4, from: 1 }], three, three)).toEqual([null]);
});
