// Turns a router's logits into the best k experts of a row, and the weight of each of them.

import { fail } from '../../failure.ts';
import { decodeF16 } from '../../format/float.ts';
import type { TensorData } from '../runtime/tensor.ts';

/** The experts of one row with the k largest logits, descending; experts with equal logits are in ascending order. */
export function chooseExperts(logits: ArrayLike<number>, k: number): Uint16Array {
  const chosen = new Uint16Array(k);
  let count = 0;
  for (let expert = 0; expert < logits.length; expert++) {
    const logit = logits[expert]!;
    if (count === k && !(logit > logits[chosen[k - 1]!]!)) continue;
    let at = count < k ? count++ : k - 1;
    for (; at > 0 && logit > logits[chosen[at - 1]!]!; at--) chosen[at] = chosen[at - 1]!;
    chosen[at] = expert;
  }
  return chosen;
}

/** The weights of the chosen experts: the softmax over their logits alone. */
export function shares(logits: ArrayLike<number>, chosen: Uint16Array): Float32Array {
  const best = logits[chosen[0]!]!;
  const weights = Float64Array.from(chosen, (expert) => Math.exp(logits[expert]! - best));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float32Array.from(weights, (weight) => weight / total);
}

/** The experts of one position, (layers, k). `routers`: the position's router logits, one tensor per mixture layer. */
export function routedExperts(routers: TensorData[], k: number): Uint16Array {
  const chosen = new Uint16Array(routers.length * k);
  for (const [i, logits] of routers.entries()) chosen.set(chooseExperts(floatsOf(logits), k), i * k);
  return chosen;
}

/** The numbers of a float tensor in either precision. */
export function floatsOf(data: TensorData): Float32Array {
  if (data instanceof Float32Array) return data;
  return data instanceof Uint16Array ? decodeF16(data) : fail('bug', 'A float tensor was expected.');
}
