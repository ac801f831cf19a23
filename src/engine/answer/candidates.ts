// Which tokens a step may draw from, as transformers' logits processors leave them (generation/
// logits_process.py): temperature, then top-k, top-p, min-p.

/** Tokens with their logits, best first; equal logits by ascending id. */
export interface Candidates {
  ids: Int32Array;
  logits: Float64Array;
  /** What the tokens not listed weigh together, on the scale of Kept.weights; all of them are worse. */
  restWeight: number;
}

export interface Filters {
  /** Above zero. */
  temperature: number;
  /** 0: off. */
  topK: number;
  /** 1: off. */
  topP: number;
  /** 0: off. */
  minP: number;
}

/** Tokens that may be drawn, and the weight of each: exp(logit / temperature), the best's being 1. */
export interface Kept {
  ids: Int32Array;
  weights: Float64Array;
}

export function sortCandidates(
  ids: Iterable<number>,
  logitOf: (id: number) => number,
  restWeight = 0,
): Candidates {
  const sorted = Array.from(ids, (id) => ({ id, logit: logitOf(id) }));
  sorted.sort((a, b) => b.logit - a.logit || a.id - b.id);
  return {
    ids: Int32Array.from(sorted, ({ id }) => id),
    logits: Float64Array.from(sorted, ({ logit }) => logit),
    restWeight,
  };
}

/** The survivors are the first of `candidates`, at least one. */
export function filterCandidates(
  { ids, logits, restWeight }: Candidates,
  { temperature, topK, topP, minP }: Filters,
): Kept {
  const weights = logits.map((logit) => Math.exp((logit - logits[0]!) / temperature));
  let count = ids.length;
  if (topK > 0 && topK < count) {
    // Ties with the k-th stay: only what is below it is removed.
    const least = logits[topK - 1]!;
    count = topK;
    while (count < ids.length && logits[count]! >= least) count++;
  }
  if (topP < 1) count = topPCount(weights.subarray(0, count), restWeight, topP);
  // A share of the best token's probability, so the normaliser cancels.
  while (count > 1 && weights[count - 1]! < minP) count--;
  return { ids: ids.subarray(0, count), weights: weights.subarray(0, count) };
}

/** Drops the worst while what is dropped is at most 1 − topP of the probability. */
function topPCount(weights: Float64Array, restWeight: number, topP: number): number {
  let total = restWeight;
  for (const weight of weights) total += weight;
  let dropped = restWeight;
  let count = weights.length;
  while (count > 1 && dropped + weights[count - 1]! <= (1 - topP) * total) dropped += weights[--count]!;
  return count;
}

/**
 * The candidates of a whole vocabulary. Sorting 150,000 tokens per step is slow, so those that cannot
 * survive the filters are only weighed: of n tokens, top-p drops every one below (1 − topP) / n.
 */
export function vocabularyCandidates(logits: Float64Array, best: number, filters: Filters): Candidates {
  const { temperature, topK, topP, minP } = filters;
  if (topK > 0 && topK < logits.length) {
    const least = logits.slice().sort()[logits.length - topK]!;
    // Top-k goes first: what it drops has no weight any more.
    return candidatesFrom(logits, least, () => 0);
  }
  const weightOf = (logit: number): number => Math.exp((logit - best) / temperature);
  const total = topP < 1 ? logits.reduce((sum, logit) => sum + weightOf(logit), 0) : 0;
  const share = topP < 1 ? ((1 - topP) * total) / logits.length : minP;
  return candidatesFrom(logits, best + temperature * Math.log(share), weightOf);
}

/** All tokens, in the order of their ids, for when no filter is on. */
export function keepAll(logits: Float64Array, best: number, temperature: number): Kept {
  return {
    ids: Int32Array.from(logits, (_, id) => id),
    weights: logits.map((logit) => Math.exp((logit - best) / temperature)),
  };
}

function candidatesFrom(
  logits: Float64Array,
  least: number,
  weightOf: (logit: number) => number,
): Candidates {
  const ids: number[] = [];
  let restWeight = 0;
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! >= least) ids.push(id);
    else restWeight += weightOf(logits[id]!);
  }
  return sortCandidates(ids, (id) => logits[id]!, restWeight);
}
