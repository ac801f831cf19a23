import { describe, expect, test } from 'vitest';
import { Foresight, Recency } from '../../tools/bench/other-policies.ts';
import { RecencyFrequency } from './replacement.ts';
import { guessRecall } from '../../tools/bench/guess-recall.ts';
import { ofLayer, type RoutingTrace } from './routing-trace.ts';
import { simulate, type DeviceSpeeds } from './simulate.ts';

const LAYERS = 3;
const K = 2;
const SPEEDS: DeviceSpeeds = { readMs: 4, uploadMs: 1, layerMs: 10, tokenMs: 5 };

/**
 * A trace in which token t chooses the experts 2t and 2t + 1 (of `experts`) in every layer, and guesses are all right
 * or all wrong.
 */
function marching(tokens: number, experts: number, guess: 'right' | 'wrong'): RoutingTrace {
  const record = (t: number): Uint16Array =>
    Uint16Array.from({ length: LAYERS * K }, (_, i) => (K * t + (i % K)) % experts);
  return {
    layers: LAYERS,
    experts,
    perToken: K,
    tokens: Array.from({ length: tokens }, (_, t) => record(t)),
    perGuess: K,
    guesses: Array.from({ length: 2 }, () =>
      Array.from({ length: tokens }, (_, t) => record(guess === 'right' ? t : t + 1)),
    ),
  };
}

describe('the cost of a token', () => {
  test('with all experts held is only the time to compute', () => {
    const trace = marching(20, 4, 'right');
    const options = {
      slots: 4,
      replacement: () => new Recency(),
      speeds: SPEEDS,
      lookAhead: 1,
      warmUp: 4,
    };
    const { hitRate, msPerToken, waitMs, readMs } = simulate(trace, options);
    expect({ hitRate, msPerToken, waitMs, readMs }).toEqual({
      ...{ hitRate: 1, msPerToken: LAYERS * 10 + 5, waitMs: 0, readMs: 0 },
    });
  });

  test('without look-ahead every miss is waited for', () => {
    const options = { slots: K, replacement: () => new Recency(), speeds: SPEEDS, lookAhead: 0 };
    const { hitRate, waitMs, uploadMs, msPerToken } = simulate(marching(10, 20, 'right'), options);
    expect(hitRate).toBe(0);
    // The upload of the first expert overlaps the read of the second.
    expect(waitMs).toBe(LAYERS * (K * 4 - 1));
    expect(uploadMs).toBe(LAYERS * K * 1);
    expect(msPerToken).toBe(LAYERS * (10 + K * 4 + 1) + 5);
  });

  test('right guesses that fit a layer’s time hide all reading but the first layer’s', () => {
    const options = { slots: K, replacement: () => new Recency(), speeds: SPEEDS, lookAhead: 1 };
    expect(simulate(marching(10, 20, 'right'), options).waitMs).toBe(K * 4 - 1);
  });

  test('guesses that are always wrong are soon not read any more', () => {
    const options = { slots: K, replacement: () => new Recency(), speeds: SPEEDS, warmUp: 160 };
    const trace = marching(200, 20, 'wrong');
    const without = simulate(trace, { ...options, lookAhead: 0 });
    expect(simulate(trace, { ...options, lookAhead: 2 }).readMs).toBeGreaterThan(1.5 * without.readMs);
    expect(simulate(trace, { ...options, lookAhead: 2, leastRight: 0.1 })).toEqual(without);
  });

  test('a second layer of look-ahead hides reads that take longer than one layer computes', () => {
    const slow = { ...SPEEDS, readMs: 10 };
    const options = { slots: K, replacement: () => new Recency(), speeds: slow };
    const [one, two] = [1, 2].map((lookAhead) =>
      simulate(marching(10, 20, 'right'), { ...options, lookAhead }),
    );
    expect(two!.waitMs).toBeLessThanOrEqual(one!.waitMs);
    expect(two!.neededMs).toBe(two!.readMs);
  });

  test('a wrong guess costs at most the piece that had begun', () => {
    const slow = { ...SPEEDS, readMs: 15 };
    const options = { slots: K, replacement: () => new Recency(), speeds: slow };
    const off = simulate(marching(10, 40, 'wrong'), { ...options, lookAhead: 0 });
    const on = simulate(marching(10, 40, 'wrong'), { ...options, lookAhead: 1 });
    expect(on.waitMs).toBeGreaterThan(off.waitMs);
    expect(on.waitMs - off.waitMs).toBeLessThanOrEqual((LAYERS * slow.readMs) / 4);
  });
});

test('no policy misses less than foresight', () => {
  let state = 1;
  const next = (n: number): number => (state = (state * 48271) % 2147483647) % n;
  const tokens = Array.from({ length: 300 }, () => {
    const first = Math.min(next(12), next(12));
    return Uint16Array.of(first, (first + 1 + next(11)) % 12);
  });
  const trace: RoutingTrace = { layers: 1, experts: 12, perToken: 2, tokens, perGuess: 2, guesses: [] };
  for (const slots of [2, 3, 5, 8, 11]) {
    const misses = (replacement: () => Recency | RecencyFrequency | Foresight): number =>
      simulate(trace, { slots, replacement, speeds: SPEEDS, lookAhead: 0 }).misses;
    const least = misses(() => new Foresight(tokens.map((record) => ofLayer(trace, record, 0))));
    expect(least).toBeLessThanOrEqual(misses(() => new Recency()));
    expect(least).toBeLessThanOrEqual(misses(() => new RecencyFrequency(8)));
  }
});

test('recall is the share of the chosen that was guessed, the first layers left out', () => {
  expect(guessRecall(marching(10, 20, 'right'), 1)).toBe(1);
  expect(guessRecall(marching(10, 20, 'right'), 2)).toBe(1);
  expect(guessRecall(marching(10, 20, 'wrong'), 1)).toBe(0);
});
