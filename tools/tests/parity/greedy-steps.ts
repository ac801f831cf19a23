// Records an answer step by step, to compare two ways of computing it.

import type { Message } from '../../../src/contract/conversation.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { sha256Hex } from '../../../src/format/sha256.ts';

export interface GreedyStep {
  id: number;
  /** All logits from which the token was chosen. */
  logits: Float32Array;
}

/** Generates at most 8 tokens. */
export async function greedySteps(engine: Engine, messages: readonly Message[]): Promise<GreedyStep[]> {
  const steps: GreedyStep[] = [];
  const options = { maxTokens: 8, sampling: {} };
  await engine.answer(messages, options, () => undefined, new AbortController().signal, {
    onToken: async (id, logits) => void steps.push({ id, logits: (await logits.all()).slice() }),
  });
  return steps;
}

/**
 * The largest difference of two logits, as a share of the largest logit of the step. Infinity if the tokens differ, or
 * if there are none.
 */
export function furthest(expected: readonly GreedyStep[], seen: readonly GreedyStep[]): number {
  const isAlike = expected.length === seen.length && expected.every(({ id }, at) => id === seen[at]!.id);
  if (!isAlike || expected.length === 0) return Infinity;
  return Math.max(
    ...expected.map(({ logits }, step) => {
      const largest = logits.reduce((most, logit) => Math.max(most, Math.abs(logit)), 0);
      const off = logits.map((logit, at) => Math.abs(seen[step]!.logits[at]! - logit));
      return off.reduce((most, one) => Math.max(most, one), 0) / largest;
    }),
  );
}

/** Answers anew each time. Returns the hashes of all logits of each answer, without repetition. */
export async function hashesOf(
  engine: Engine,
  messages: readonly Message[],
  repetitions: number,
): Promise<string[]> {
  const hashes = new Set<string>();
  for (let repetition = 0; repetition < repetitions; repetition++) {
    engine.forget();
    const steps = await greedySteps(engine, messages);
    const logits = new Blob(steps.map((step) => new Float32Array(step.logits)));
    hashes.add(await sha256Hex(new Uint8Array(await logits.arrayBuffer())));
  }
  return Array.from(hashes);
}
