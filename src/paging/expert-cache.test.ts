import { describe, expect, test } from 'vitest';
import { ExpertCache } from './expert-cache.ts';
import { Foresight, Recency } from '../../tools/bench/other-policies.ts';
import { RecencyFrequency, type Replacement } from './replacement.ts';

/** The experts in slots, ascending, after each token. */
function heldAfter(replacement: Replacement, slots: number, tokens: number[][]): number[][] {
  const cache = new ExpertCache(slots, replacement);
  return tokens.map((experts, time) => {
    const places = experts.map((expert) => {
      cache.use(expert, time);
      const held = cache.find(expert);
      if (held) cache.pin(held);
      return held;
    });
    const brought = experts.map((expert, i) => {
      const place = places[i] ?? cache.place(expert);
      cache.pin(place);
      return place;
    });
    cache.release(brought);
    return Array.from({ length: 9 }, (_, e) => e).filter((e) => cache.find(e) !== undefined);
  });
}

describe('the evicted expert', () => {
  test('is by recency the one that was used longest ago', () => {
    expect(heldAfter(new Recency(), 3, [[0, 1], [2], [0], [3]]).at(-1)).toEqual([0, 2, 3]);
  });

  test('is by recency and frequency not the one that is used often, until its uses are old', () => {
    const often = [[0], [0], [0], [0], [1], [2]];
    expect(heldAfter(new RecencyFrequency(8), 2, often).at(-1)).toEqual([0, 2]);
    expect(heldAfter(new Recency(), 2, often).at(-1)).toEqual([1, 2]);
    const forgotten = [...often, ...Array.from({ length: 30 }, (_, i) => [1 + (i % 2)])];
    expect(heldAfter(new RecencyFrequency(1), 2, forgotten).at(-1)).toEqual([1, 2]);
  });

  test('is with foresight the one whose next use is furthest away', () => {
    const tokens = [[0], [1], [2], [1], [0]];
    expect(heldAfter(new Foresight(tokens), 2, tokens)).toEqual([[0], [0, 1], [1, 2], [1, 2], [0, 1]]);
  });
});

describe('slots', () => {
  test('a pinned expert stays; if all slots are pinned, none can be assigned', () => {
    const cache = new ExpertCache(2, new Recency());
    const [first, second] = [cache.place(4), cache.place(5)];
    cache.pin(first);
    expect(cache.place(6).slot).toBe(second.slot);
    cache.pin(cache.find(6)!);
    expect(() => cache.place(7)).toThrow('in use');
    cache.release([first]);
    expect(cache.place(7).slot).toBe(first.slot);
  });

  test('a place is stale once its slot holds another expert, even if the first expert returns', () => {
    const cache = new ExpertCache(1, new Recency());
    const old = cache.place(1);
    cache.check(old);
    cache.place(2);
    expect(() => cache.check(old)).toThrow('no longer holds expert 1');
    const again = cache.place(1);
    expect(() => cache.check(old)).toThrow('no longer holds expert 1');
    expect(() => cache.pin(old)).toThrow('no longer holds expert 1');
    cache.check(again);
  });

  test('an expert never lies in two slots', () => {
    const cache = new ExpertCache(3, new Recency());
    cache.place(1);
    expect(() => cache.place(1)).toThrow('slot already');
  });
});
