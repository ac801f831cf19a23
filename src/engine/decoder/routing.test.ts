import { expect, test } from 'vitest';
import { randomGenerator } from '../answer/random.ts';
import { chooseExperts, shares } from './routing.ts';

test('the best experts are those of a plain sort', () => {
  const random = randomGenerator(3);
  for (let round = 0; round < 200; round++) {
    const logits = Float32Array.from({ length: 1 + Math.floor(random() * 130) }, () =>
      Math.round(random() * 40),
    );
    const k = 1 + Math.floor(random() * logits.length);
    const sorted = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b);
    expect(Array.from(chooseExperts(logits, k))).toEqual(sorted.slice(0, k));
  }
});

test('shares are the softmax of all logits, renormalised over the chosen', () => {
  const logits = [0.3, -1, 2.5, 1.25, 90];
  const all = logits.map((logit) => Math.exp(logit));
  const chosen = chooseExperts(logits.slice(0, 4), 3);
  expect(Array.from(chosen)).toEqual([2, 3, 0]);
  const total = all[2]! + all[3]! + all[0]!;
  expect(Array.from(shares(logits, chosen))).toEqual(
    [all[2]!, all[3]!, all[0]!].map((each) => Math.fround(each / total)),
  );
});
