import { describe, expect, test } from 'vitest';
import { Foresight, Recency, RecencyFrequency } from './replacement.ts';
import { guessRecall, ofLayer, type RoutingTrace } from './routing-trace.ts';
import { simulate, type DeviceSpeeds } from './simulate.ts';

const LAYERS = 3;
const K = 2;
const SPEEDS: DeviceSpeeds = { readMs: 4, uploadMs: 1, layerMs: 10, tokenMs: 5 };

/** Token t goes to the experts 2t and 2t + 1 (of `experts`) in every layer; guesses are right or all wrong. */
function marching(tokens: number, experts: number, guess: 'right' | 'wrong'): RoutingTrace {
  const record = (t: number): Uint16Array =>
    Uint16Array.from({ length: LAYERS * K }, (_, i) => (K * t + (i % K)) % experts);
  return {
    layers: LAYERS,
    experts,
    perToken: K,
    tokens: Array.from({ length: tokens }, (_, t) => record(t)),
    guesses: Array.from({ length: tokens }, (_, t) => record(guess === 'right' ? t : t + 1)),
  };
}

describe('the cost of a token', () => {
  test('with all experts held it is computing alone', () => {
    const trace = marching(20, 4, 'right');
    const options = {
      slots: 4,
      replacement: () => new Recency(),
      speeds: SPEEDS,
      lookAhead: true,
      warmUp: 4,
    };
    const { hitRate, msPerToken, waitMs, readMs } = simulate(trace, options);
    expect({ hitRate, msPerToken, waitMs, readMs }).toEqual({
      ...{ hitRate: 1, msPerToken: LAYERS * 10 + 5, waitMs: 0, readMs: 0 },
    });
  });

  test('without look-ahead every miss is waited for', () => {
    const options = { slots: K, replacement: () => new Recency(), speeds: SPEEDS, lookAhead: false };
    const { hitRate, waitMs, uploadMs, msPerToken } = simulate(marching(10, 20, 'right'), options);
    expect(hitRate).toBe(0);
    expect(waitMs).toBe(LAYERS * K * 4);
    expect(uploadMs).toBe(LAYERS * K * 1);
    expect(msPerToken).toBe(LAYERS * (10 + K * 4 + K * 1) + 5);
  });

  test('right guesses that fit a layer’s time hide all reading but the first layer’s', () => {
    const options = { slots: K, replacement: () => new Recency(), speeds: SPEEDS, lookAhead: true };
    expect(simulate(marching(10, 20, 'right'), options).waitMs).toBe(K * 4);
  });

  test('a wrong guess costs at most the read that had begun', () => {
    const slow = { ...SPEEDS, readMs: 15 };
    const options = { slots: K, replacement: () => new Recency(), speeds: slow };
    const off = simulate(marching(10, 40, 'wrong'), { ...options, lookAhead: false });
    const on = simulate(marching(10, 40, 'wrong'), { ...options, lookAhead: true });
    expect(on.waitMs).toBeGreaterThan(off.waitMs);
    expect(on.waitMs - off.waitMs).toBeLessThanOrEqual(LAYERS * slow.readMs);
  });
});

test('no policy misses less than foresight', () => {
  let state = 1;
  const next = (n: number): number => (state = (state * 48271) % 2147483647) % n;
  const tokens = Array.from({ length: 300 }, () => {
    const first = Math.min(next(12), next(12));
    return Uint16Array.of(first, (first + 1 + next(11)) % 12);
  });
  const trace: RoutingTrace = { layers: 1, experts: 12, perToken: 2, tokens, guesses: tokens };
  for (const slots of [2, 3, 5, 8, 11]) {
    const misses = (replacement: () => Recency | RecencyFrequency | Foresight): number =>
      simulate(trace, { slots, replacement, speeds: SPEEDS, lookAhead: false }).misses;
    const least = misses(() => new Foresight(tokens.map((record) => ofLayer(trace, record, 0))));
    expect(least).toBeLessThanOrEqual(misses(() => new Recency()));
    expect(least).toBeLessThanOrEqual(misses(() => new RecencyFrequency(8)));
  }
});

test('recall is the share of the chosen that was guessed, the first layer left out', () => {
  expect(guessRecall(marching(10, 20, 'right'))).toBe(1);
  expect(guessRecall(marching(10, 20, 'wrong'))).toBe(0);
});
