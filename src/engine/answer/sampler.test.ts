// sampler.golden.json holds the distribution that transformers' logits processors (repetition penalty, temperature,
// top-k, top-p, min-p, in this order) compute from 40 logits, two of which are equal.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createSampler, type BestLogits, type Sampler } from './sampler.ts';

interface Golden {
  logits: number[];
  prompt: number[];
  cases: { settings: Settings; probabilities: [id: number, probability: number][] }[];
}
interface Settings {
  temperature: number;
  topK?: number;
  topP?: number;
  minP?: number;
  rep?: number;
}
const golden = JSON.parse(
  readFileSync(resolve(import.meta.dirname, 'sampler.golden.json'), 'utf8'),
) as Golden;
const logits = Float32Array.from(golden.logits);
const context = { prompt: golden.prompt };

function best(values: Float32Array, count: number): BestLogits {
  const ids = Int32Array.from(values, (_, id) => id).sort((a, b) => values[b]! - values[a]! || a - b);
  const first = ids.subarray(0, count);
  return { ids: first, logits: Float32Array.from(first, (id) => values[id]!) };
}

describe.each(golden.cases)('settings %#: $settings', ({ settings: { rep, ...sampling }, probabilities }) => {
  test('draw from the distribution of the reference', () => {
    const draws = 1500;
    const counts = new Map<number, number>();
    for (let seed = 0; seed < draws; seed++) {
      const sampler = createSampler({ ...sampling, ...(rep && { repetitionPenalty: rep }), seed }, context);
      const id = sampler.fromAll(logits);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    const expected = new Map(probabilities);
    for (const id of counts.keys()) expect(expected.has(id)).toBe(true);
    for (const [id, probability] of expected) {
      // Five standard deviations: seeds are fixed, so this passes or fails the same way every time.
      const slack = 5 * Math.sqrt((probability * (1 - probability)) / draws) + 1 / draws;
      expect(Math.abs((counts.get(id) ?? 0) / draws - probability)).toBeLessThan(slack);
    }
  });

  test('choose the same token from the candidates as from all logits, or ask for all', () => {
    for (let seed = 0; seed < 100; seed++) {
      const make = (): Sampler =>
        createSampler({ ...sampling, ...(rep && { repetitionPenalty: rep }), seed }, context);
      const few = make();
      const chosen = few.fromBest(best(logits, 30)) ?? few.fromAll(logits);
      expect(chosen).toBe(make().fromAll(logits));
    }
  });
});

describe('greedy', () => {
  const values = Float32Array.from([1, 5, 5, 2]);
  const all = { prompt: [] };

  test('takes the lowest id of equal logits', () => {
    expect(createSampler({}, all).fromAll(values)).toBe(1);
    expect(
      createSampler({}, all).fromBest({ ids: Int32Array.of(2, 1, 3), logits: Float32Array.of(5, 5, 2) }),
    ).toBe(1);
  });

  test('asks for all logits if a token outside the candidates might be equal', () => {
    const sampler = createSampler({}, all);
    expect(sampler.needsAll).toBe(false);
    expect(sampler.fromBest({ ids: Int32Array.of(2), logits: Float32Array.of(5) })).toBeUndefined();
    expect(sampler.fromAll(values)).toBe(1);
  });
});

describe('penalties', () => {
  test('repetition divides positive and multiplies negative logits of prompt and answer', () => {
    const sampler = createSampler({ repetitionPenalty: 2 }, { prompt: [0] });
    const values = Float32Array.from([8, 5, 4.5]);
    expect([1, 2, 3].map(() => sampler.fromAll(values))).toEqual([1, 2, 0]);
    const negative = createSampler({ repetitionPenalty: 2 }, { prompt: [0] });
    expect(negative.fromAll(Float32Array.from([-1, -1.5]))).toBe(1);
  });

  test('presence is subtracted once, and only from tokens of the answer', () => {
    const sampler = createSampler({ presencePenalty: 1.5 }, { prompt: [0] });
    const values = Float32Array.from([3, 2, 1]);
    expect([1, 2, 3, 4].map(() => sampler.fromAll(values))).toEqual([0, 1, 0, 0]);
  });

  test('presence does not affect the prompt, even if repetition does', () => {
    const both = { repetitionPenalty: 1.01, presencePenalty: 2 };
    expect(createSampler(both, { prompt: [0] }).fromAll(Float32Array.from([3, 2]))).toBe(0);
  });

  test('the candidates suffice as long as the kept ones are above the rest', () => {
    const sampler = createSampler({ presencePenalty: 2 }, { prompt: [] });
    const values = Float32Array.from([5, 4, 3.5, 1]);
    const chosen = [1, 2, 3].map(() => sampler.fromBest(best(values, 3)));
    // After 5 and 4, the next would be 3.5. It is the smallest of the candidates, so a token outside them might equal
    // it.
    expect(chosen).toEqual([0, 1, undefined]);
  });

  test('penalties that raise logits need all logits', () => {
    expect(createSampler({ repetitionPenalty: 0.9 }, context).needsAll).toBe(true);
    expect(createSampler({ presencePenalty: -1 }, context).needsAll).toBe(true);
    expect(createSampler({ repetitionPenalty: 1.1, presencePenalty: 1 }, context).needsAll).toBe(false);
  });
});

test('some settings always need all logits', () => {
  const needsAll = (sampling: object): boolean => createSampler(sampling, context).needsAll;
  expect(needsAll({ temperature: 1 })).toBe(true);
  expect(needsAll({ temperature: 1, topP: 0.9 })).toBe(true);
  expect(needsAll({ temperature: 1, topK: 20, topP: 0.9 })).toBe(false);
  expect(needsAll({ temperature: 1, minP: 0.1 })).toBe(false);
});

test('tokens equal to the k-th stay', () => {
  const values = Float32Array.from([5, 4, 4, 1]);
  const chosen = Array.from({ length: 50 }, (_, seed) =>
    createSampler({ temperature: 5, topK: 2, seed }, { prompt: [] }).fromAll(values),
  );
  expect(new Set(chosen)).toEqual(new Set([0, 1, 2]));
});

test('top-k beyond the candidates asks for all logits', () => {
  const sampler = createSampler({ temperature: 1, topK: 10, seed: 1 }, context);
  expect(sampler.fromBest(best(logits, 10))).toBeUndefined();
  expect(sampler.fromBest(best(logits, 11))).toBeDefined();
});

test('one seed gives one sequence, another seed another', () => {
  const sequence = (seed: number): number[] => {
    const sampler = createSampler({ temperature: 3, topK: 30, seed }, context);
    return Array.from({ length: 20 }, () => sampler.fromBest(best(logits, 35))!);
  };
  expect(sequence(3407)).toEqual(sequence(3407));
  expect(sequence(3407)).not.toEqual(sequence(3408));
  expect(sequence(3407)).not.toEqual(sequence(3407 + 2 ** 32));
});

test('logits that are not numbers are a failure with a code, not a token', () => {
  const broken = Float32Array.from([1, NaN, 3]);
  const make = (): Sampler => createSampler({}, { prompt: [] });
  expect(() => make().fromAll(broken)).toThrow(expect.objectContaining({ code: 'not-numbers' }));
  expect(() => make().fromBest({ ids: Int32Array.of(0, 1, 2), logits: broken })).toThrow('not numbers');
});

test.each([
  [{ temperature: -1 }, 'temperature'],
  [{ temperature: 1, topP: 1.5 }, 'topP'],
  [{ minP: NaN }, 'minP'],
  [{ repetitionPenalty: 0 }, 'repetitionPenalty'],
])('a setting out of range is named: %o', (sampling, name) => {
  expect(() => createSampler(sampling, context)).toThrow(name);
});
