import { describe, expect, test } from 'vitest';
import { readingOrder } from './look-ahead.ts';
import { ExpertRead, ReadQueue } from './read-queue.ts';

function queue(leastRight = 0) {
  const own = new ReadQueue(4, leastRight, (layer, expert) => new ExpertRead(layer, expert));
  /** The next reads, as 'layer.expert:pieces'. */
  const next = (count: number): (string | undefined)[] =>
    Array.from({ length: count }, () => {
      const found = own.next();
      return found && `${found.read.layer}.${found.read.expert}:${found.to - found.from}`;
    });
  const id = (layer: number, ...experts: number[]) => experts.map((expert) => ({ layer, expert, cost: 2 }));
  return { own, next, id };
}

describe('the order of reading', () => {
  test('is requested experts first, whole, then guesses, in quarters', () => {
    const { own, next, id } = queue();
    own.guess(0, id(1, 7, 8));
    expect(next(2)).toEqual(['1.7:1', '1.7:1']);
    own.want(0, 3);
    own.want(0, 4);
    expect(next(5)).toEqual(['0.3:4', '0.4:4', '1.7:1', '1.7:1', '1.8:1']);
    expect(next(4)).toEqual(['1.8:1', '1.8:1', '1.8:1', undefined]);
  });

  test('reads the rest of a guess that comes true', () => {
    const { own, next, id } = queue();
    own.guess(0, id(1, 7, 8));
    next(3);
    own.want(1, 8);
    own.want(1, 7);
    expect(next(3)).toEqual(['1.8:4', '1.7:1', undefined]);
  });

  test('drops a wrong guess at once if its read has not begun, otherwise when its layer is reached', () => {
    const { own, next, id } = queue();
    own.guess(0, [...id(1, 7), ...id(2, 8, 9)]);
    next(5);
    expect(own.guess(1, id(2, 5)).map(({ expert }) => expert)).toEqual([7, 9]);
    expect(next(5)).toEqual(['2.5:1', '2.5:1', '2.5:1', '2.5:1', '2.8:1']);
    expect(own.guess(2, []).map(({ expert }) => expert)).toEqual([5, 8]);
    expect(own.next()).toBeUndefined();
  });

  test('leaves out guesses that are usually wrong, until they would be right again', () => {
    const { own, next, id } = queue(0.5);
    for (let token = 0; token < 60; token++) {
      own.guess(0, id(1, 7));
      own.guess(1, []);
    }
    own.guess(0, id(1, 7));
    expect(next(1), 'the guess is not read').toEqual([undefined]);
    own.guess(1, []);
    for (let token = 0; token < 60; token++) {
      own.guess(0, id(1, 7));
      own.want(1, 7);
      next(9);
      own.guess(1, []);
    }
    own.guess(0, id(1, 7));
    expect(next(1), 'the guess is read').toEqual(['1.7:1']);
  });

  test('keeps at most as many guesses as the memory limit allows', () => {
    const { own, next, id } = queue();
    own.guess(0, id(1, ...Array(60).keys()));
    expect(next(1000).filter(Boolean)).toHaveLength(24 * 4);
  });
});

test('guesses are read nearest and likeliest first, without what is held', () => {
  const order = readingOrder(3, [Uint16Array.of(5, 6, 7), Uint16Array.of(1, 2)], (_, expert) => expert === 6);
  expect(order.map(({ layer, expert }) => `${layer}.${expert}`)).toEqual(['3.5', '3.7', '4.1', '4.2']);
});
