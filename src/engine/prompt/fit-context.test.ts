import { expect, test } from 'vitest';
import type { Message, Part } from '../../contract/conversation.ts';
import { fitContext } from './fit-context.ts';

const picture: Part = { type: 'image', photo: new Blob([]) };
const system: Message = { role: 'system', content: 'Be brief.' };

/** A question with its number and pictures, and its answer. */
function turn(number: number, pictures = 0): Message[] {
  const content: Part[] = [
    ...new Array<Part>(pictures).fill(picture),
    { type: 'text', text: `question ${number}` },
  ];
  return [
    { role: 'user', content },
    { role: 'assistant', content: `answer ${number}` },
  ];
}

function conversation(turns: number, pictures: (turn: number) => number = () => 0): Message[] {
  const earlier = Array.from({ length: turns - 1 }, (_, index) => turn(index + 1, pictures(index + 1)));
  return [system, ...earlier.flat(), turn(turns, pictures(turns))[0]!];
}

/** A message costs 10, a picture 100. */
function cost(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + 10 + 100 * picturesOf([message]), 0);
}

function picturesOf(messages: readonly Message[]): number {
  return messages
    .flatMap(({ content }) => (typeof content === 'string' ? [] : content))
    .filter(({ type }) => type === 'image').length;
}

const within =
  (limit: number) =>
  (messages: readonly Message[]): boolean =>
    cost(messages) <= limit;

test('a conversation that fits stays as it is', () => {
  const messages = conversation(3);
  expect(fitContext(messages, within(60))).toEqual({ messages, leftOut: { turns: 0, pictures: 0 } });
});

test('the oldest turns are left out, a few more than necessary; the system message stays', () => {
  // 20 turns cost 400, so 7 of them are left out; a quarter of the 12 that stay is rounded down to 2.
  const fitted = fitContext(conversation(20), within(260))!;
  expect(fitted.leftOut).toEqual({ turns: 8, pictures: 0 });
  expect(fitted.messages[0]).toBe(system);
  expect(fitted.messages[1]).toMatchObject({ role: 'user', content: [{ text: 'question 9' }] });
  expect(cost(fitted.messages)).toBe(240);
});

test('the next questions leave out the same turns until that no longer suffices', () => {
  const totals = Array.from({ length: 40 }, (_, index) => index + 150);
  const leftOut = totals.map((turns) => fitContext(conversation(turns), within(1000))!.leftOut.turns);
  expect(new Set(leftOut)).toEqual(new Set([104, 112, 120, 128, 136, 144]));
  expect(leftOut).toEqual(leftOut.toSorted((a, b) => a - b));
});

test('of a few long turns, no more are left out than necessary', () => {
  expect(fitContext(conversation(4), within(60))!.leftOut).toEqual({ turns: 1, pictures: 0 });
});

test('pictures of turns that are left out stand before the first question that stays', () => {
  const messages = conversation(20, (number) => (number === 1 ? 2 : number === 3 ? 1 : 0));
  const fitted = fitContext(messages, within(560))!;
  expect(fitted.leftOut).toEqual({ turns: 8, pictures: 0 });
  expect(picturesOf(fitted.messages)).toBe(3);
  expect(fitted.messages[1]!.content).toEqual([
    ...[picture, picture, picture],
    { type: 'text', text: 'question 9' },
  ]);
});

test('if leaving out turns does not suffice, earlier pictures are left out too, the oldest first', () => {
  const messages = conversation(6, () => 1);
  expect(fitContext(messages, within(330))!.leftOut).toEqual({ turns: 5, pictures: 3 });
});

test('the last question keeps its pictures, and does not fit when they are too many', () => {
  const messages = conversation(3, (number) => (number === 3 ? 5 : 1));
  expect(fitContext(messages, within(520))!.leftOut).toEqual({ turns: 2, pictures: 2 });
  expect(fitContext(messages, within(500))).toBeUndefined();
  expect(fitContext([turn(1, 5)[0]!], within(500))).toBeUndefined();
});
