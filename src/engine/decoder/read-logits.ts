// Reads the outputs of a decoder's last graph: the candidate logits at once, all logits on request.

import type { TextConfig } from '../../format/model-config.ts';
import { BEST_VALUES, bestIds, bestOutputs } from '../../graph/best-logits.ts';
import { TEXT } from '../../graph/ports.ts';
import type { Logits } from './decoder.ts';
import type { Runtime } from '../runtime/runtime.ts';
import type { Feeds, TensorData, ReadRequest } from '../runtime/tensor.ts';

/** The outputs to request from a run. */
export function logitOutputs({ vocabSize }: TextConfig): string[] {
  return [TEXT.logits, BEST_VALUES, ...bestOutputs(vocabSize)];
}

/**
 * Reads the candidate logits and the tensors `also` with one wait. Disposes of the results except TEXT.logits, which
 * the caller keeps until the next append.
 */
export async function readLogits(
  runtime: Runtime,
  results: Feeds,
  { vocabSize }: TextConfig,
  also: ReadRequest[] = [],
): Promise<{ logits: Logits; also: TensorData[] }> {
  const all = results[TEXT.logits]!;
  const best = [BEST_VALUES, ...bestOutputs(vocabSize)].map((name) => results[name]!);
  const [values, ...data] = await runtime.read([...best, ...also]);
  for (const tensor of best) tensor.dispose();
  const positions = data.splice(0, best.length - 1);
  const logits: Logits = {
    best: { logits: values as Float32Array, ids: bestIds(positions as BigInt64Array[], vocabSize) },
    all: async () => (await runtime.read([all]))[0] as Float32Array,
  };
  return { logits, also: data };
}
