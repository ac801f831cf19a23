// The tokens that a step may draw from: the same that the logits processors of transformers keep
// (generation/logits_process.py) with temperature, then top-k, top-p, min-p.

/** Tokens with their logits, best first; equal logits are ordered by ascending id. */
export interface Candidates {
  ids: Int32Array;
  logits: Float64Array;
  /**
   * Total weight of the tokens that are not listed, on the scale of Kept.weights. All of them rank below the
   * listed ones.
   */
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

/**
 * Tokens that may be drawn, and the weight of each: exp((logit − best logit) / temperature), so the best
 * token weighs 1.
 */
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

/** Keeps the first tokens of the candidates, at least one. */
export function filterCandidates(
  { ids, logits, restWeight }: Candidates,
  { temperature, topK, topP, minP }: Filters,
): Kept {
  const weights = logits.map((logit) => Math.exp((logit - logits[0]!) / temperature));
  let count = ids.length;
  if (topK > 0 && topK < count) {
    // Tokens that tie with the k-th one stay, as in the reference: only smaller logits are removed.
    const least = logits[topK - 1]!;
    count = topK;
    while (count < ids.length && logits[count]! >= least) count++;
  }
  if (topP < 1) count = topPCount(weights.subarray(0, count), restWeight, topP);
  // minP is relative to the best token's probability, so the probabilities need no normalising.
  while (count > 1 && weights[count - 1]! < minP) count--;
  return { ids: ids.subarray(0, count), weights: weights.subarray(0, count) };
}

/** Drops the least likely tokens as long as the dropped probability is at most 1 − topP. */
function topPCount(weights: Float64Array, restWeight: number, topP: number): number {
  let total = restWeight;
  for (const weight of weights) total += weight;
  let dropped = restWeight;
  let count = weights.length;
  while (count > 1 && dropped + weights[count - 1]! <= (1 - topP) * total) dropped += weights[--count]!;
  return count;
}

/**
 * The candidates of a whole vocabulary. Sorting 150,000 tokens per step is slow, so tokens that the filters drop in any
 * case only add their weight to the rest. Of n tokens, top-p drops every one whose probability is below (1 − topP) / n.
 */
export function vocabularyCandidates(logits: Float64Array, best: number, filters: Filters): Candidates {
  const { temperature, topK, topP, minP } = filters;
  if (topK > 0 && topK < logits.length) {
    const least = logits.slice().sort()[logits.length - topK]!;
    // Top-k is applied first, so the tokens that it drops have no weight for the other filters.
    return candidatesFrom(logits, least, () => 0);
  }
  const weightOf = (logit: number): number => Math.exp((logit - best) / temperature);
  const total = topP < 1 ? logits.reduce((sum, logit) => sum + weightOf(logit), 0) : 0;
  const share = topP < 1 ? ((1 - topP) * total) / logits.length : minP;
  return candidatesFrom(logits, best + temperature * Math.log(share), weightOf);
}

/** All tokens, in the order of their ids; for use when no filter is on. */
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
