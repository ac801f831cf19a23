// Chooses the next token: penalties, then temperature, top-k, top-p, min-p, then one draw of a seeded generator; at
// temperature 0, the token with the largest logit. The filters are in candidates.ts. The sampler gets the candidate
// logits and reports when they cannot decide, so that all logits are copied to JavaScript only when necessary.

import type { Sampling } from '../../contract/conversation.ts';
import { fail } from '../../failure.ts';
import { filterCandidates, keepAll, sortCandidates, vocabularyCandidates } from './candidates.ts';
import type { Candidates, Filters, Kept } from './candidates.ts';
import { randomGenerator, randomSeed } from './random.ts';

/** The candidate logits: the largest raw logits of one step and their tokens, in any order. */
export interface BestLogits {
  ids: Int32Array;
  logits: Float32Array;
}

export interface Sampler {
  /** True if candidate logits never suffice for these settings; then the caller reads all logits at once. */
  readonly needsAll: boolean;
  /** The next token; or undefined if only all logits can decide, in which case nothing was drawn. */
  fromBest(best: BestLogits): number | undefined;
  /** `logits`: one per row of the head. */
  fromAll(logits: Float32Array): number;
}

export interface SamplerContext {
  /** Tokens of the prompt, which the repetition penalty also covers. */
  prompt: Iterable<number>;
  /** Tokens chosen earlier, if the answer continues one that was begun. */
  begun?: readonly number[];
}

interface Settings extends Filters {
  repetition: number;
  presence: number;
}

/**
 * A sampler for one answer: it remembers the tokens that it has chosen. As in the reference, every row of the head
 * counts, even rows beyond the tokenizer's entries; a trained model never ranks those first. Fails with 'bad-request'
 * for settings out of range.
 */
export function createSampler(sampling: Sampling, { prompt, begun = [] }: SamplerContext): Sampler {
  const settings = checked(sampling);
  const { temperature, topK, topP, minP, repetition, presence } = settings;
  const greedy = temperature === 0;
  const filtered = topK > 0 || topP < 1 || minP > 0;
  const random = randomGenerator(sampling.seed ?? randomSeed());
  const seen = new Set(repetition === 1 ? [] : [...prompt, ...begun]);
  const generated = new Set(begun);
  // In the earlier run, each of the begun tokens took one random number.
  if (!greedy) begun.forEach(random);
  // A penalty below its neutral value raises logits, so it can promote a token from outside the best.
  const raises = repetition < 1 || presence < 0;
  const needsAll = raises || (!greedy && topK === 0 && (topP < 1 || minP === 0));

  /** Applies the repetition_penalty of transformers (in float32, as there) and the presence_penalty of vLLM. */
  const penalised = (id: number, logit: number): number => {
    let value = logit;
    if (seen.has(id)) value = Math.fround(value < 0 ? value * repetition : value / repetition);
    return generated.has(id) ? value - presence : value;
  };
  const choose = (candidates: Candidates): number => {
    return greedy ? candidates.ids[0]! : draw(filterCandidates(candidates, settings), random);
  };
  const remember = (id: number): number => {
    seen.add(id);
    generated.add(id);
    return id;
  };
  /** Whether the candidates suffice: whether no other token, whose logit is at most `floor`, could be kept. */
  const decides = ({ logits }: Candidates, floor: number): boolean => {
    if (greedy) return logits.length > 0 && logits[0]! > floor;
    if (topK > 0) return logits.length >= topK && logits[topK - 1]! > floor;
    return logits.length > 0 && logits[0]! + temperature * Math.log(minP) > floor;
  };

  return {
    needsAll,
    fromBest({ ids, logits }) {
      const floor = logits.reduce((least, logit) => Math.min(least, logit), Infinity);
      requireNumber(floor);
      if (needsAll) return undefined;
      const values = new Map<number, number>();
      ids.forEach((id, i) => values.set(id, penalised(id, logits[i]!)));
      const candidates = sortCandidates(values.keys(), (id) => values.get(id)!);
      return decides(candidates, floor) ? remember(choose(candidates)) : undefined;
    },
    fromAll(logits) {
      const values = Float64Array.from(logits);
      for (const id of seen) if (id < values.length) values[id] = penalised(id, values[id]!);
      const best = bestOf(values);
      const highest = values[best]!;
      requireNumber(highest);
      if (greedy) return remember(best);
      if (!filtered) return remember(draw(keepAll(values, highest, temperature), random));
      return remember(choose(vocabularyCandidates(values, highest, settings)));
    },
  };
}

function draw({ ids, weights }: Kept, random: () => number): number {
  let rest = random() * weights.reduce((total, weight) => total + weight, 0);
  for (let i = 0; i < weights.length; i++) {
    rest -= weights[i]!;
    if (rest < 0) return ids[i]!;
  }
  return ids[ids.length - 1]!; // rounding left a remainder
}

/** The index of the first largest value, or of the first value that is not a number. */
function bestOf(values: Float64Array): number {
  let best = 0;
  for (let id = 0; id < values.length && !Number.isNaN(values[best]); id++) {
    if (!(values[id]! <= values[best]!)) best = id;
  }
  return best;
}

function requireNumber(logit: number): void {
  if (Number.isNaN(logit)) fail('not-numbers', 'The model returned logits that are not numbers.');
}

function checked(sampling: Sampling): Settings {
  const {
    temperature = 0,
    topK = 0,
    topP = 1,
    minP = 0,
    repetitionPenalty = 1,
    presencePenalty = 0,
  } = sampling;
  if (repetitionPenalty === 0) fail('bad-request', 'repetitionPenalty must be above zero.');
  return {
    temperature: within('temperature', temperature, 0, 1000),
    topK: Math.trunc(within('topK', topK, 0, Number.MAX_SAFE_INTEGER)),
    topP: within('topP', topP, 0, 1),
    minP: within('minP', minP, 0, 1),
    repetition: within('repetitionPenalty', repetitionPenalty, 0, 1000),
    presence: within('presencePenalty', presencePenalty, -1000, 1000),
  };
}

function within(name: string, value: number, least: number, most: number): number {
  return value >= least && value <= most
    ? value
    : fail('bad-request', `${name} must lie in ${least}…${most}, not be ${value}.`);
}
